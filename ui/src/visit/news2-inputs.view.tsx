import { useId } from "react";
import { useWords } from "../words/words";
import type { VitalsDraft } from "./draft-content";
import css from "./form.module.css";
import { CONSCIOUSNESS, OXYGEN, PREGNANT } from "./vitals-fields";

interface Props {
  values: VitalsDraft;
  set: <K extends keyof VitalsDraft>(key: K, value: VitalsDraft[K]) => void;
  /** Whether a pregnancy is possible. */
  asksPregnancy: boolean;
  /** Whether the reason for scale 2 was missing when the form was sent. */
  reasonMissing: boolean;
}

/** The inputs of NEWS2 that are not numbers; none of them is answered beforehand. */
export function News2Inputs({ values, set, asksPregnancy, reasonMissing }: Props) {
  const say = useWords();
  const id = useId();
  return (
    <>
      <div className={css.choice}>
        <label htmlFor={id}>{say("vital.consciousness")}</label>
        <select
          id={id}
          className={css.select}
          data-field="consciousness"
          value={values.consciousness}
          onChange={(event) => set("consciousness", event.target.value)}
        >
          <option value="">{say("vital.consciousness.none")}</option>
          {CONSCIOUSNESS.map((level) => (
            <option key={level} value={level}>
              {say(`consciousness.${level}`)}
            </option>
          ))}
        </select>
      </div>
      <div className={css.choice}>
        <label htmlFor={`${id}-oxygen`}>{say("vital.oxygen")}</label>
        <select
          id={`${id}-oxygen`}
          className={css.select}
          data-field="oxygen"
          value={values.oxygen}
          onChange={(event) => set("oxygen", event.target.value)}
        >
          <option value="">{say("vital.answer.none")}</option>
          {OXYGEN.map((one) => (
            <option key={one} value={one}>
              {say(`vital.oxygen.${one}`)}
            </option>
          ))}
        </select>
      </div>
      {asksPregnancy ? (
        <div className={css.choice}>
          <label htmlFor={`${id}-pregnant`}>{say("vital.pregnant")}</label>
          <select
            id={`${id}-pregnant`}
            className={css.select}
            data-field="pregnant"
            value={values.pregnant}
            onChange={(event) => set("pregnant", event.target.value)}
          >
            <option value="">{say("vital.answer.none")}</option>
            {PREGNANT.map((one) => (
              <option key={one} value={one}>
                {say(`vital.pregnant.${one}`)}
              </option>
            ))}
          </select>
        </div>
      ) : null}
      <div className={css.checks}>
        <label className={css.check}>
          <input
            type="checkbox"
            data-field="scale2"
            checked={values.scale2}
            onChange={(event) => set("scale2", event.target.checked)}
          />
          {say("vital.scale2")}
        </label>
      </div>
      {values.scale2 ? (
        <div className={css.choice}>
          <label htmlFor={`${id}-reason`}>{say("vital.scale2.reason")}</label>
          <input
            id={`${id}-reason`}
            className={css.select}
            type="text"
            autoComplete="off"
            data-field="scale2_reason"
            value={values.scale2Reason}
            aria-invalid={reasonMissing || undefined}
            onChange={(event) => set("scale2Reason", event.target.value)}
          />
        </div>
      ) : null}
    </>
  );
}

import { useId } from "react";
import { useWords } from "../words/words";
import type { VitalsDraft } from "./draft-content";
import css from "./form.module.css";
import { CONSCIOUSNESS } from "./vitals-fields";

interface Props {
  values: VitalsDraft;
  set: <K extends keyof VitalsDraft>(key: K, value: VitalsDraft[K]) => void;
}

/** The inputs of NEWS2 that are not numbers. */
export function News2Inputs({ values, set }: Props) {
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
      <div className={css.checks}>
        <label className={css.check}>
          <input
            type="checkbox"
            data-field="oxygen"
            checked={values.oxygen}
            onChange={(event) => set("oxygen", event.target.checked)}
          />
          {say("vital.oxygen")}
        </label>
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
    </>
  );
}

import { useState } from "react";
import { Button } from "../components/button.view";
import { FailureNotice } from "../components/failure-notice.view";
import type { BannerDto, DraftDto, SavedDto, VitalsDto } from "../ipc/bindings";
import { useAct } from "../ipc/reply.query";
import { makeLocalStamp, splitLocalStamp } from "../words/dates";
import { useWords } from "../words/words";
import { useAutosave } from "./autosave";
import { EMPTY_VITALS, readVitalsDraft, type VitalsDraft } from "./draft-content";
import { DraftLine } from "./draft-line.view";
import css from "./form.module.css";
import { FormShell } from "./form-shell.view";
import { NewsInputs } from "./news-inputs.view";
import { NewsLine } from "./news-line.view";
import { TakenFields, type TakenInput } from "./taken-fields.view";
import { useVitalsCheck } from "./vitals-check.query";
import { isEmptyVitals, VITALS_FIELDS } from "./vitals-fields";
import { VitalsLine } from "./vitals-line.view";

/** What every pane form is given. */
export interface PaneFormProps {
  banner: BannerDto;
  first: DraftDto | undefined;
  onKept: (draft: DraftDto) => void;
  onClose: () => void;
  onSaved: (saved: SavedDto, endedDraft: string) => void;
}

/** Records vital signs. */
export function VitalsForm({ banner, first, onKept, onClose, onSaved }: PaneFormProps) {
  const say = useWords();
  const [values, setValues] = useState<VitalsDraft>(() =>
    first === undefined ? EMPTY_VITALS : readVitalsDraft(first.content),
  );
  const [taken, setTaken] = useState<TakenInput | null>(() =>
    values.taken === "" ? null : splitLocalStamp(new Date(values.taken)),
  );
  const [confirmed, setConfirmed] = useState(false);
  const [tried, setTried] = useState(false);
  const stamp = taken === null ? "" : makeLocalStamp(taken.date, taken.time);
  const typed: VitalsDraft = { ...values, taken: stamp ?? "" };
  const keeper = useAutosave("vitals", banner.patient, first, JSON.stringify(typed), onKept);
  const request: VitalsDto = {
    ...typed,
    patient: banner.patient,
    confirmed,
    draft: keeper.draft === "" ? null : keeper.draft,
  };
  const check = useVitalsCheck(request, !isEmptyVitals(values));
  const save = useAct("save_vitals");
  const blocking = check.findings.filter((one) => one.grade === "impossible" || one.grade === "not_a_number");
  const unusual = check.findings.filter((one) => one.grade === "improbable");
  const set = <K extends keyof VitalsDraft>(key: K, value: VitalsDraft[K]) => {
    setValues((old) => ({ ...old, [key]: value }));
    setConfirmed(false);
  };
  const rejected = save.error?.fields ?? [];

  const submit = async () => {
    setTried(true);
    if (
      isEmptyVitals(values) ||
      stamp === null ||
      blocking.length > 0 ||
      (unusual.length > 0 && !confirmed) ||
      save.isPending
    )
      return;
    const ended = await keeper.finish();
    save.mutate(
      { ...request, draft: ended === "" ? null : ended },
      { onSuccess: (saved) => onSaved(saved, ended), onError: keeper.resume },
    );
  };

  const needsAnswer =
    unusual.length > 0 || save.error !== null || (tried && (isEmptyVitals(values) || blocking.length > 0));

  return (
    <FormShell
      title={say("pane.vitals")}
      banner={banner}
      draft={keeper.draft}
      resumes={first?.draft ?? null}
      onClose={onClose}
      onSubmit={submit}
      asks={
        needsAnswer ? (
          <>
            {unusual.length === 0 ? null : (
              <label className={css.check}>
                <input
                  type="checkbox"
                  checked={confirmed}
                  onChange={(event) => setConfirmed(event.target.checked)}
                  data-field="confirmed"
                />
                {say("vital.confirm", { count: unusual.length })}
              </label>
            )}
            {tried && isEmptyVitals(values) ? (
              <p role="alert" className={css.blocked}>
                {say("vital.nothing")}
              </p>
            ) : null}
            {tried && unusual.length > 0 && !confirmed ? (
              <p role="alert" className={css.blocked}>
                {say("vital.unconfirmed")}
              </p>
            ) : null}
            {tried && blocking.length > 0 ? (
              <p role="alert" className={css.blocked}>
                {say("vital.blocked")}
              </p>
            ) : null}
            {save.error === null ? null : <FailureNotice failure={save.error} />}
          </>
        ) : undefined
      }
      foot={
        <>
          <NewsLine check={check} />
          <Button type="submit" look="primary" keys="Ctrl ↵" isDisabled={save.isPending}>
            {say("form.save")}
          </Button>
        </>
      }
    >
      {VITALS_FIELDS.map((field) => (
        <VitalsLine
          key={field.key}
          field={field}
          value={values[field.key]}
          onChange={(text) => set(field.key, text)}
          finding={check.findings.find((one) => one.field === field.key)}
          rejected={rejected.find((one) => one.field === field.key)?.reason}
        />
      ))}
      <NewsInputs values={values} set={set} />
      {check.bmi === "" ? null : <p className={css.small}>{say("vital.bmi", { value: check.bmi })}</p>}
      <div className={css.small}>
        <DraftLine kept={keeper.kept} failure={keeper.failure} />
      </div>
      <TakenFields taken={taken} wrong={stamp === null} onChange={setTaken} />
    </FormShell>
  );
}

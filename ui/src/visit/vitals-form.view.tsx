import { useState } from "react";
import { Button } from "../components/button.view";
import { FailureNotice } from "../components/failure-notice.view";
import type { VitalsDto } from "../ipc/bindings";
import { useIpcMutation } from "../ipc/ipc.query";
import { useWords } from "../words/words";
import { useAutosave } from "./autosave";
import { EMPTY_VITALS, readVitalsDraft, type VitalsDraft } from "./draft-content";
import { DraftStatus } from "./draft-status.view";
import css from "./form.module.css";
import { News2Inputs } from "./news2-inputs.view";
import { News2Parts, News2Score } from "./news2-score.view";
import { PaneForm } from "./pane-form.view";
import type { PaneFormProps } from "./pane-form-props";
import { TakenFields } from "./taken-fields.view";
import { useTakenTime } from "./taken-time";
import { useVitalsCheck } from "./vitals-check.query";
import { answer, CONSCIOUSNESS, isEmptyVitals, VITALS_FIELDS } from "./vitals-fields";
import { VitalsLine } from "./vitals-line.view";

/** Records vital signs. */
export function VitalsForm({ banner, savedDraft, onDraftSaved, onClose, onSaved }: PaneFormProps) {
  const say = useWords();
  const [values, setValues] = useState<VitalsDraft>(() =>
    savedDraft === undefined ? EMPTY_VITALS : readVitalsDraft(savedDraft.content),
  );
  const taken = useTakenTime(values.taken);
  const [confirmed, setConfirmed] = useState(false);
  const [tried, setTried] = useState(false);
  const takenAt = taken.at;
  const typed: VitalsDraft = { ...values, taken: takenAt ?? "" };
  const autosave = useAutosave("vitals", banner.patient, savedDraft, JSON.stringify(typed), onDraftSaved);
  const request: VitalsDto = {
    ...values,
    taken: takenAt === "" ? null : takenAt,
    oxygen: answer(values.oxygen, "oxygen"),
    pregnant: answer(values.pregnant, "yes"),
    scale2Reason: values.scale2Reason === "" ? null : values.scale2Reason,
    consciousness: CONSCIOUSNESS.find((level) => level === values.consciousness) ?? null,
    patient: banner.patient,
    confirmed,
    draft: autosave.draft,
  };
  const check = useVitalsCheck(request, !isEmptyVitals(values));
  const save = useIpcMutation("save_vitals");
  const blocking = check.findings.filter(({ grade }) => grade === "impossible" || grade === "not_a_number");
  const unusual = check.findings.filter(({ grade }) => grade === "improbable");
  const set = <K extends keyof VitalsDraft>(key: K, value: VitalsDraft[K]) => {
    setValues((old) => ({ ...old, [key]: value }));
    setConfirmed(false);
  };
  const rejected = save.error?.fields ?? [];
  const withoutReason = values.scale2 && values.scale2Reason.trim() === "";
  const obstacles = [
    ...(isEmptyVitals(values) ? (["vital.nothing"] as const) : []),
    ...(unusual.length > 0 && !confirmed ? (["vital.unconfirmed"] as const) : []),
    ...(blocking.length > 0 ? (["vital.blocked"] as const) : []),
    ...(withoutReason ? (["vital.scale2.missing"] as const) : []),
  ];

  const submit = async () => {
    setTried(true);
    if (obstacles.length > 0 || takenAt === null || save.isPending) return;
    const endedDraft = await autosave.finish();
    save.mutate(
      { ...request, draft: endedDraft },
      { onSuccess: (saved) => onSaved(saved, endedDraft), onError: autosave.resume },
    );
  };

  const hasQuestions =
    unusual.length > 0 ||
    save.error !== null ||
    (tried && (isEmptyVitals(values) || blocking.length > 0 || withoutReason));

  return (
    <PaneForm
      title={say("pane.vitals")}
      banner={banner}
      draft={autosave.draft}
      initialDraft={savedDraft?.draft ?? null}
      onClose={onClose}
      onSubmit={submit}
      questions={
        hasQuestions ? (
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
            {(tried ? obstacles : []).map((obstacle) => (
              <p key={obstacle} role="alert" className={css.blocked}>
                {say(obstacle)}
              </p>
            ))}
            {save.error === null ? null : <FailureNotice failure={save.error} />}
          </>
        ) : undefined
      }
      foot={
        <>
          <News2Score check={check} />
          <Button type="submit" variant="primary" keys="Ctrl ↵" isDisabled={save.isPending}>
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
          finding={check.findings.find((finding) => finding.field === field.key)}
          rejected={rejected.find((problem) => problem.field === field.key)?.reason}
        />
      ))}
      <News2Inputs
        values={values}
        set={set}
        asksPregnancy={banner.sex !== "male"}
        reasonMissing={tried && withoutReason}
      />
      <News2Parts check={check} />
      {check.bmi === null ? null : <p className={css.small}>{say("vital.bmi", { value: check.bmi })}</p>}
      <div className={css.small}>
        <DraftStatus savedAt={autosave.savedAt} failure={autosave.failure} />
      </div>
      <TakenFields taken={taken} />
    </PaneForm>
  );
}

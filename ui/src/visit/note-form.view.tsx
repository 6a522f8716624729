import { useId, useState } from "react";
import { Button } from "../components/button.view";
import { FailureNotice } from "../components/failure-notice.view";
import { sayBorn } from "../components/patient-banner.view";
import { sayName } from "../components/patient-cell.view";
import type { NoteKindDto } from "../ipc/bindings";
import { useIpcMutation } from "../ipc/ipc.query";
import { useSession } from "../session/session-context";
import { useWords } from "../words/words";
import { useAutosave } from "./autosave";
import { readNoteDraft } from "./draft-content";
import { DraftStatus } from "./draft-status.view";
import css from "./form.module.css";
import { PaneForm } from "./pane-form.view";
import type { PaneFormProps } from "./pane-form-props";

const KINDS: readonly NoteKindDto[] = ["progress", "nursing", "consult", "history", "discharge"];
const NURSE_KINDS: readonly NoteKindDto[] = ["nursing", "progress"];

const toNoteKind = (word: string) => KINDS.find((kind) => kind === word);

/** Writes a note: a draft until it is signed. */
export function NoteForm({ banner, savedDraft, onDraftSaved, onClose, onSaved }: PaneFormProps) {
  const say = useWords();
  const id = useId();
  const { session, may } = useSession();
  const [note, setNote] = useState(() => {
    const draft = readNoteDraft(savedDraft?.content ?? "");
    return { ...draft, kind: toNoteKind(draft.kind) ?? (session.role === "nurse" ? "nursing" : "progress") };
  });
  const [tried, setTried] = useState(false);
  const autosave = useAutosave("note", banner.patient, savedDraft, JSON.stringify(note), onDraftSaved);
  const sign = useIpcMutation("sign_note");
  const submit = async () => {
    setTried(true);
    if (note.text.trim() === "" || !may("sign_note") || sign.isPending) return;
    const endedDraft = await autosave.finish();
    sign.mutate(
      { patient: banner.patient, kind: note.kind, text: note.text, draft: endedDraft },
      { onSuccess: (saved) => onSaved(saved, endedDraft), onError: autosave.resume },
    );
  };
  return (
    <PaneForm
      title={say("pane.note")}
      banner={banner}
      draft={autosave.draft}
      initialDraft={savedDraft?.draft ?? null}
      onClose={onClose}
      onSubmit={submit}
      className={css.noteFields}
      foot={
        <>
          <span className={css.small}>
            <b>{sayName(say, banner)}</b>
            <br />
            {sayBorn(say, banner)}
          </span>
          {may("sign_note") ? (
            <Button type="submit" variant="primary" keys="Ctrl ↵" isDisabled={sign.isPending}>
              {say("note.sign")}
            </Button>
          ) : null}
        </>
      }
    >
      <div className={css.choice}>
        <label htmlFor={`${id}-kind`}>{say("note.kind")}</label>
        <select
          id={`${id}-kind`}
          className={css.select}
          value={note.kind}
          onChange={(event) => setNote({ ...note, kind: toNoteKind(event.target.value) ?? note.kind })}
        >
          {(session.role === "nurse" ? NURSE_KINDS : KINDS).map((kind) => (
            <option key={kind} value={kind}>
              {say(`note.kind.${kind}`)}
            </option>
          ))}
        </select>
      </div>
      <textarea
        className={css.area}
        aria-label={say("note.text")}
        data-field="text"
        spellCheck={false}
        value={note.text}
        aria-invalid={(tried && note.text.trim() === "") || undefined}
        onChange={(event) => setNote({ ...note, text: event.target.value })}
      />
      <div className={css.small}>
        {tried && note.text.trim() === "" ? (
          <p role="alert" className={css.blocked}>
            {say("note.missing")}
          </p>
        ) : null}
        <DraftStatus savedAt={autosave.savedAt} failure={autosave.failure} />
        {sign.error === null ? null : <FailureNotice failure={sign.error} />}
      </div>
    </PaneForm>
  );
}

import { useId, useState } from "react";
import { Button } from "../components/button.view";
import { FailureNotice } from "../components/failure-notice.view";
import { sayBorn } from "../components/patient-banner.view";
import { useAct } from "../ipc/reply.query";
import { useSession } from "../session/session-context";
import { useWords } from "../words/words";
import { useAutosave } from "./autosave";
import { readNoteDraft } from "./draft-content";
import { DraftLine } from "./draft-line.view";
import css from "./form.module.css";
import { FormShell } from "./form-shell.view";
import type { PaneFormProps } from "./vitals-form.view";

const KINDS = ["progress", "nursing", "consult", "history", "discharge"] as const;
const NURSE_KINDS = ["nursing", "progress"] as const;

/** A note: draft while it is written, signed at the end. */
export function NoteForm({ banner, first, onKept, onClose, onSaved }: PaneFormProps) {
  const say = useWords();
  const id = useId();
  const { session, may } = useSession();
  const [note, setNote] = useState(() => {
    const draft = readNoteDraft(first?.content ?? "");
    return { ...draft, kind: draft.kind || (session.role === "nurse" ? "nursing" : "progress") };
  });
  const [tried, setTried] = useState(false);
  const keeper = useAutosave("note", banner.patient, first, JSON.stringify(note), onKept);
  const sign = useAct("sign_note");
  const submit = async () => {
    setTried(true);
    if (note.text.trim() === "" || !may("sign_note") || sign.isPending) return;
    const ended = await keeper.finish();
    sign.mutate(
      { patient: banner.patient, kind: note.kind, text: note.text, draft: ended === "" ? null : ended },
      { onSuccess: (saved) => onSaved(saved, ended), onError: keeper.resume },
    );
  };
  return (
    <FormShell
      title={say("pane.note")}
      banner={banner}
      draft={keeper.draft}
      resumes={first?.draft ?? null}
      onClose={onClose}
      onSubmit={submit}
      className={css.noteFields}
      foot={
        <>
          <span className={css.small}>
            <b>
              {banner.family}, {banner.given}
            </b>
            <br />
            {sayBorn(say, banner)}
          </span>
          {may("sign_note") ? (
            <Button type="submit" look="primary" keys="Ctrl ↵" isDisabled={sign.isPending}>
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
          onChange={(event) => setNote({ ...note, kind: event.target.value })}
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
        <DraftLine kept={keeper.kept} failure={keeper.failure} />
        {sign.error === null ? null : <FailureNotice failure={sign.error} />}
      </div>
    </FormShell>
  );
}

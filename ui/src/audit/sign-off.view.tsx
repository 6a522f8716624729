import { useId, useState } from "react";
import { Button } from "../components/button.view";
import { Dialog, DialogFoot } from "../components/dialog.view";
import { FailureNotice } from "../components/failure-notice.view";
import type { AuditRowDto, Explanation } from "../ipc/bindings";
import { useIpcMutation } from "../ipc/ipc.query";
import { useWords } from "../words/words";
import css from "./audit.module.css";
import { sayCause, sayEventClass } from "./event-words";

const EXPLANATIONS: readonly Explanation[] = [
  "backup_restored",
  "hardware_fault",
  "maintenance",
  "incident",
  "unexplained",
];

interface Props {
  row: AuditRowDto | null;
  onClose: () => void;
  onSignedOff: () => void;
}

/** Asks for the explanation of an alert; signing it off is itself an event, and the alert stays in the list. */
export function SignOffDialog({ row, onClose, onSignedOff }: Props) {
  const say = useWords();
  return (
    <Dialog open={row !== null} onClose={onClose} title={say("signoff.title")}>
      {row === null ? null : <SignOffForm row={row} onClose={onClose} onSignedOff={onSignedOff} />}
    </Dialog>
  );
}

function SignOffForm({ row, onClose, onSignedOff }: Props & { row: AuditRowDto }) {
  const say = useWords();
  const id = useId();
  const signOff = useIpcMutation("sign_off_alerts");
  const [explanation, setExplanation] = useState<Explanation>("incident");
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        signOff.mutate({ sequences: [row.sequence], explanation }, { onSuccess: onSignedOff });
      }}
    >
      <p>
        {sayEventClass(say, row)}
        {row.cause === null ? null : ` · ${sayCause(say, row.cause)}`}
      </p>
      <p>{say("signoff.text")}</p>
      <label htmlFor={id}>{say("signoff.explanation")}</label>
      <select
        id={id}
        className={css.select}
        value={explanation}
        onChange={(event) => setExplanation(EXPLANATIONS.find((name) => name === event.target.value) ?? "incident")}
      >
        {EXPLANATIONS.map((name) => (
          <option key={name} value={name}>
            {say(`signoff.explanation.${name}`)}
          </option>
        ))}
      </select>
      {signOff.error === null ? null : <FailureNotice failure={signOff.error} />}
      <DialogFoot>
        <Button onPress={onClose}>{say("dialog.cancel")}</Button>
        <Button type="submit" variant="primary" isDisabled={signOff.isPending}>
          {say("signoff.do")}
        </Button>
      </DialogFoot>
    </form>
  );
}

import { useId, useState } from "react";
import { Button } from "../components/button.view";
import { Dialog, DialogFoot } from "../components/dialog.view";
import { FailureNotice } from "../components/failure-notice.view";
import type { AuditRowDto } from "../ipc/bindings";
import { useIpcMutation } from "../ipc/ipc.query";
import { messageFor, useWords } from "../words/words";
import css from "./audit.module.css";

const EXPLANATIONS = ["backup_restored", "hardware_fault", "maintenance", "incident", "unexplained"] as const;

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
  const [explanation, setExplanation] = useState<string>("incident");
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        signOff.mutate({ sequences: [row.sequence], explanation }, { onSuccess: onSignedOff });
      }}
    >
      <p>
        {say(messageFor("audit.class", row.class, "audit.class.other"), { name: row.class })}
        {row.cause === ""
          ? null
          : ` · ${say(messageFor("audit.cause", row.cause, "audit.cause.other"), { name: row.cause })}`}
      </p>
      <p>{say("signoff.text")}</p>
      <label htmlFor={id}>{say("signoff.explanation")}</label>
      <select
        id={id}
        className={css.select}
        value={explanation}
        onChange={(event) => setExplanation(event.target.value)}
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

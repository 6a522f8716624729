import type { ErrorCode } from "../ipc/bindings";
import { Button } from "../parts/button.view";
import { FailureNotice } from "../parts/failure-notice.view";
import { useWords } from "../words/words";
import css from "./enrol.module.css";
import { StepHead } from "./step-head.view";

/** The sign-in or the enrolment did not succeed. */
export function FailedStep({ code, onAgain, onLeave }: { code: ErrorCode; onAgain: () => void; onLeave: () => void }) {
  const say = useWords();
  return (
    <div className={css.manual}>
      <StepHead title={say("enrol.failed.title")} lead={say("enrol.failed.lead")} />
      <FailureNotice failure={{ code, incident: "", waitSeconds: null, attemptsLeft: null, fields: [] }} />
      <div className={css.foot}>
        <Button onPress={onLeave}>{say("dialog.cancel")}</Button>
        <Button look="primary" onPress={onAgain} autoFocus>
          {say("enrol.failed.again")}
        </Button>
      </div>
    </div>
  );
}

import { Button } from "../components/button.view";
import { FailureNotice } from "../components/failure-notice.view";
import type { ErrorCode } from "../ipc/bindings";
import { useWords } from "../words/words";
import css from "./enrol.module.css";
import { StepHead } from "./step-head.view";

/** The sign-in or the enrolment did not succeed. */
export function FailedStep({
  code,
  onRestart,
  onLeave,
}: {
  code: ErrorCode;
  onRestart: () => void;
  onLeave: () => void;
}) {
  const say = useWords();
  return (
    <div className={css.manual}>
      <StepHead title={say("enrol.failed.title")} lead={say("enrol.failed.lead")} />
      <FailureNotice failure={{ code, incident: "", waitSeconds: null, attemptsLeft: null, fields: [] }} />
      <div className={css.foot}>
        <Button onPress={onLeave}>{say("dialog.cancel")}</Button>
        <Button variant="primary" onPress={onRestart} autoFocus>
          {say("enrol.failed.again")}
        </Button>
      </div>
    </div>
  );
}

import { Button } from "../components/button.view";
import { FailureNotice } from "../components/failure-notice.view";
import type { ErrorCode, SignInProblemDto } from "../ipc/bindings";
import { SignInProblem } from "../sign-in/sign-in-problem.view";
import { useWords } from "../words/words";
import css from "./enrol.module.css";
import { StepHead } from "./step-head.view";

/** The sign-in or the enrolment did not succeed. */
export function FailedStep({
  code,
  problem,
  onRestart,
  onLeave,
}: {
  code: ErrorCode;
  problem: SignInProblemDto | null;
  onRestart: () => void;
  onLeave: () => void;
}) {
  const say = useWords();
  return (
    <div className={css.manual}>
      <StepHead title={say("enrol.failed.title")} lead={say("enrol.failed.lead")} />
      {problem === null ? (
        <FailureNotice
          failure={{ code, incident: "", waitSeconds: null, attemptsLeft: null, fields: [], replacedBy: [] }}
        />
      ) : (
        <SignInProblem problem={problem} />
      )}
      <div className={css.foot}>
        <Button onPress={onLeave}>{say("dialog.cancel")}</Button>
        <Button variant="primary" onPress={onRestart} autoFocus>
          {say("enrol.failed.again")}
        </Button>
      </div>
    </div>
  );
}

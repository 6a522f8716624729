import { Button } from "../components/button.view";
import { FailureNotice } from "../components/failure-notice.view";
import { Notice } from "../components/notice.view";
import type { FailureDto } from "../ipc/bindings";
import { useCountdown } from "../words/device-time";
import { useWords } from "../words/words";

interface Props {
  failure: FailureDto | null;
  wait: number;
  /** Signs in online; with a damaged slot this is a new enrolment. */
  onSignIn: (damaged: boolean) => void;
}

/** Failures that only an online sign-in can resolve. */
const NEEDS_SIGN_IN = ["lease_ended", "sign_in_needed", "slot_damaged"];

/** Why unlocking did not work. A wrong password and a wrong code read the same. */
export function UnlockFailure({ failure, wait, onSignIn }: Props) {
  const say = useWords();
  const secondsLeft = useCountdown(failure?.code === "code_used" ? (failure.waitSeconds ?? 0) : 0, failure);
  if (wait > 0) {
    return (
      <Notice tone="warn" role="status" title={say("lock.wait.title", { seconds: wait })}>
        {say("lock.wait.next")}
      </Notice>
    );
  }
  if (failure?.code === "code_used") {
    return secondsLeft > 0 ? (
      <Notice tone="info" role="status" title={say("lock.used.title", { seconds: secondsLeft })}>
        {say("lock.used.next")}
      </Notice>
    ) : (
      <Notice tone="info" role="status" title={say("lock.used.now")} />
    );
  }
  if (failure === null || failure.code === "throttled") return null;
  if (failure.code === "unlock_refused") {
    return (
      <Notice tone="critical" role="alert" title={say("lock.refused.title")}>
        {failure.attemptsLeft === null
          ? say("lock.refused.next")
          : say("lock.refused.left", { count: failure.attemptsLeft })}
      </Notice>
    );
  }
  return (
    <>
      <FailureNotice failure={failure} />
      {NEEDS_SIGN_IN.includes(failure.code) ? (
        <div>
          <Button variant="link" onPress={() => onSignIn(failure.code === "slot_damaged")}>
            {say("lock.signin")}
          </Button>
        </div>
      ) : null}
    </>
  );
}

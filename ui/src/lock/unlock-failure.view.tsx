import type { FailureDto } from "../ipc/bindings";
import { FailureNotice } from "../parts/failure-notice.view";
import { Notice } from "../parts/notice.view";
import { useCountdown } from "../words/ticking";
import { useWords } from "../words/words";

/** Why unlocking did not work. A wrong password and a wrong code read the same. */
export function UnlockFailure({ failure, wait }: { failure: FailureDto | null; wait: number }) {
  const say = useWords();
  const next = useCountdown(failure?.code === "code_used" ? (failure.waitSeconds ?? 0) : 0, failure);
  if (wait > 0) {
    return (
      <Notice tone="warn" role="status" title={say("lock.wait.title", { seconds: wait })}>
        {say("lock.wait.next")}
      </Notice>
    );
  }
  if (failure?.code === "code_used") {
    return next > 0 ? (
      <Notice tone="info" role="status" title={say("lock.used.title", { seconds: next })}>
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
  return <FailureNotice failure={failure} />;
}

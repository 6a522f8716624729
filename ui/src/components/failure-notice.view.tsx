import type { FailureDto } from "../ipc/bindings";
import { messageFor, useWords } from "../words/words";
import { Button } from "./button.view";
import { Notice } from "./notice.view";

interface Props {
  failure: FailureDto;
  /** Shown as a "try again" link. */
  onRetry?: (() => void) | undefined;
}

/** What happened, what is safe and what to do next; the incident id refers to an entry in the local log. */
export function FailureNotice({ failure, onRetry }: Props) {
  const say = useWords();
  return (
    <Notice
      tone={failure.code === "server_unreachable" ? "grey" : "critical"}
      role="alert"
      title={say(messageFor("failure", `${failure.code}.title`, "failure.internal.title"))}
    >
      {say(messageFor("failure", `${failure.code}.next`, "failure.internal.next"))}
      {failure.replacedBy.map(({ patient, name }) => (
        <div key={patient ?? name}>{say("merged.title", { name: name ?? say("merged.other") })}</div>
      ))}
      {failure.incident === "" ? null : <div>{say("failure.incident", { incident: failure.incident })}</div>}
      {onRetry === undefined ? null : (
        <div>
          <Button variant="link" onPress={onRetry}>
            {say("failure.retry")}
          </Button>
        </div>
      )}
    </Notice>
  );
}

import type { FailureDto } from "../ipc/bindings";
import { formatSeconds } from "../words/dates";
import { messageFor, useWords } from "../words/words";
import css from "./form.module.css";

/** Whether the draft is saved, and when. */
export function DraftStatus({ savedAt, failure }: { savedAt: string | null; failure: FailureDto | null }) {
  const say = useWords();
  if (failure !== null) {
    return (
      <span role="alert" className={css.blocked}>
        {say("draft.failed", { why: say(messageFor("failure", `${failure.code}.title`, "failure.internal.title")) })}
      </span>
    );
  }
  return <span>{savedAt === null ? say("draft.none") : say("draft.saved", { at: formatSeconds(savedAt) })}</span>;
}

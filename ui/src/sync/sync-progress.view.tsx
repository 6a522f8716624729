import type { SyncProgressDto } from "../ipc/bindings";
import { formatCount } from "../words/numbers";
import { messageFor, useWords } from "../words/words";
import css from "./sync.module.css";

/** Progress of the running sync. */
export function SyncProgress({ progress }: { progress: SyncProgressDto }) {
  const say = useWords();
  const phase = say(`sync.phase.${progress.phase}`);
  const type =
    progress.resourceType === null ? "" : ` · ${say(messageFor("type", progress.resourceType, "type.other"))}`;
  const share =
    progress.expected === null || progress.expected === 0 ? null : Math.min(1, progress.done / progress.expected);
  const count =
    progress.expected === null
      ? formatCount(progress.done)
      : say("sync.progress.of", { done: formatCount(progress.done), expected: formatCount(progress.expected) });
  return (
    <div className={css.progress}>
      <div className={css.small}>
        {phase}
        {type} · {count}
      </div>
      <div
        className={css.track}
        role="progressbar"
        aria-label={phase}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share === null ? undefined : Math.round(share * 100)}
      >
        <div
          className={`${css.fill} ${share === null ? css.indeterminate : ""}`}
          style={share === null ? undefined : { width: `${share * 100}%` }}
        />
      </div>
    </div>
  );
}

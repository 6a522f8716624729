import type { DownloadCompletenessDto } from "../ipc/bindings";
import { formatDateTime } from "../words/dates";
import { messageFor, useWords } from "../words/words";
import css from "./chart.module.css";

/** Kinds of record that are named; the others are counted. */
const NAMED = 4;

/** The time up to which the chart is complete, what is still missing, and what cannot be had. */
export function Completeness({ completeness }: { completeness: DownloadCompletenessDto }) {
  const say = useWords();
  const nameAll = (types: string[]) => types.map((type) => say(messageFor("type", type, "type.other")));
  const kinds = nameAll(completeness.missing);
  const more = kinds.length - NAMED;
  const named = kinds.slice(0, NAMED).join(", ");
  const missing = more > 0 ? say("complete.missing.more", { named, more }) : named;
  const unavailable = nameAll(completeness.unavailable).join(", ");
  const failed = nameAll(completeness.failed).join(", ");
  const first =
    completeness.asOf === null
      ? say("complete.never")
      : say("complete.as_of", { at: formatDateTime(completeness.asOf) });
  return (
    <p className={css.complete}>
      {first}
      {missing === "" ? "" : ` ${say("complete.missing", { missing })}`}
      {failed === "" ? "" : ` ${say("complete.failed", { types: failed })}`}
      {unavailable === "" ? "" : ` ${say("complete.unavailable", { types: unavailable })}`}
    </p>
  );
}

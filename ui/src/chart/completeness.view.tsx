import type { DownloadCompletenessDto } from "../ipc/bindings";
import { formatDateTime } from "../words/dates";
import { messageFor, useWords } from "../words/words";
import css from "./chart.module.css";

/** The time up to which the chart is complete, and what is still missing. */
export function Completeness({ completeness }: { completeness: DownloadCompletenessDto }) {
  const say = useWords();
  const missing = completeness.missing.map((type) => say(messageFor("type", type, "type.other"))).join(", ");
  const first =
    completeness.asOf === null
      ? say("complete.never")
      : say("complete.as_of", { at: formatDateTime(completeness.asOf) });
  return (
    <p className={css.complete}>
      {first}
      {missing === "" ? "" : ` ${say("complete.missing", { missing })}`}
    </p>
  );
}

import { Notice } from "../components/notice.view";
import type { ChartDto } from "../ipc/bindings";
import { messageFor, useWords } from "../words/words";
import css from "./chart.module.css";

/** Whether a chart has something that everybody must know who reads it. */
export const hasNotices = ({ completeness, unreadable }: ChartDto) => completeness.partial || unreadable.length > 0;

/** What is missing from a chart or could not be read, above every tab and for every role. */
export function ChartNotices({ chart }: { chart: ChartDto }) {
  const say = useWords();
  const unreadable = chart.unreadable.map(({ resourceType, count }) =>
    say("unreadable.line", { count, type: say(messageFor("type", resourceType ?? "", "type.other")) }),
  );
  return (
    <div className={css.notices}>
      {chart.completeness.partial ? (
        <Notice tone="critical" role="status" title={say("absence.title")}>
          {say("absence.next")}
        </Notice>
      ) : null}
      {unreadable.length === 0 ? null : (
        <Notice tone="warn" title={say("unreadable.title")}>
          {unreadable.join(", ")}. {say("unreadable.next")}
        </Notice>
      )}
    </div>
  );
}

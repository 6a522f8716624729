import { Chip } from "../components/chip.view";
import { FailureNotice } from "../components/failure-notice.view";
import { type Column, RowList } from "../components/row-list.view";
import type { TimelineRowDto } from "../ipc/bindings";
import { useNarrow } from "../theme/narrow";
import { formatDateTime } from "../words/dates";
import { messageFor, useWords } from "../words/words";
import { useAbsence } from "./absence";
import css from "./chart.module.css";
import { RecordMark } from "./record-mark.view";
import { Rounded } from "./result-lines.view";
import { useTimeline } from "./window.query";

/** Everything in order of time, newest first. */
export function Timeline({ patient }: { patient: string }) {
  const say = useWords();
  const { sayNone } = useAbsence();
  const rows = useTimeline(patient);
  const narrow = useNarrow();
  const columns: Column<TimelineRowDto>[] = [
    {
      key: "at",
      label: say("col.when"),
      width: narrow ? "96px" : "150px",
      wrap: true,
      cell: (row) => <span className={css.quiet}>{formatDateTime(row.at)}</span>,
    },
    {
      key: "kind",
      label: say("col.kind"),
      width: "110px",
      cell: (row) => say(messageFor("timeline", row.kind, "timeline.other")),
    },
    {
      key: "title",
      label: say("col.what"),
      width: "minmax(0, 1fr)",
      // A dose or a value is never cut off: a part of it is another one.
      wrap: true,
      cell: (row) =>
        row.unreadable ? (
          <Chip tone="warn">{say("timeline.unreadable")}</Chip>
        ) : (
          <span className={row.struck ? css.struck : undefined}>
            <b>{row.title}</b>
            {row.detail === "" ? null : (
              <span className={css.under}>
                {row.recorded === "" ? row.detail : <Rounded recorded={row.recorded}>{row.detail}</Rounded>}
              </span>
            )}
          </span>
        ),
    },
    {
      key: "record",
      label: say("col.state"),
      width: "124px",
      wrap: true,
      cell: (row) => (
        <span className={css.marks}>
          {row.struck ? <Chip tone="critical">{say("timeline.struck")}</Chip> : null}
          <RecordMark record={row.record} />
        </span>
      ),
    },
  ];
  if (rows.failure !== null) return <FailureNotice failure={rows.failure} />;
  if (rows.loading) return <div aria-busy="true" />;
  return (
    <RowList
      label={say("tab.timeline")}
      columns={columns}
      total={rows.total}
      rowAt={rows.rowAt}
      show={rows.show}
      rowHeight={48}
      plain
      empty={sayNone("timeline.empty", ["Encounter", "Condition", "Observation"])}
    />
  );
}

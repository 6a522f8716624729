import type { TimelineRowDto } from "../ipc/bindings";
import { Chip } from "../parts/chip.view";
import { FailureNotice } from "../parts/failure-notice.view";
import { type Column, RowList } from "../parts/row-list.view";
import { formatDateTime } from "../words/dates";
import { messageFor, useWords } from "../words/words";
import css from "./chart.module.css";
import { RecordMark } from "./record-mark.view";
import { useTimeline } from "./window.query";

/** Everything in order of time, newest first. */
export function Timeline({ patient }: { patient: string }) {
  const say = useWords();
  const rows = useTimeline(patient);
  const columns: Column<TimelineRowDto>[] = [
    {
      key: "at",
      label: say("col.when"),
      width: "150px",
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
      cell: (row) =>
        row.unreadable ? (
          <Chip tone="warn">{say("timeline.unreadable")}</Chip>
        ) : (
          <>
            <b>{row.title}</b> {row.detail === "" ? null : <span className={css.quiet}>· {row.detail}</span>}
          </>
        ),
    },
    { key: "record", label: say("col.state"), width: "110px", cell: (row) => <RecordMark record={row.record} /> },
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
      rowHeight={37}
      plain
      empty={say("timeline.empty")}
    />
  );
}

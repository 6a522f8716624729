import type { ResultDto } from "../ipc/bindings";
import { FailureNotice } from "../parts/failure-notice.view";
import { type Column, RowList } from "../parts/row-list.view";
import { formatDateTime } from "../words/dates";
import { useWords } from "../words/words";
import css from "./chart.module.css";
import { RecordMark } from "./record-mark.view";
import { FlaggedValue } from "./result-lines.view";
import { useResults } from "./window.query";

/** Every result, newest first, with its range beside it. */
export function ResultsTab({ patient }: { patient: string }) {
  const say = useWords();
  const rows = useResults(patient);
  const columns: Column<ResultDto>[] = [
    { key: "name", label: say("col.test"), width: "minmax(0, 1.2fr)", cell: (row) => row.name },
    {
      key: "value",
      label: say("col.value"),
      width: "minmax(0, 0.9fr)",
      align: "end",
      cell: (row) => <FlaggedValue value={row.value} flag={row.flag} />,
    },
    {
      key: "range",
      label: say("col.range"),
      width: "minmax(0, 0.8fr)",
      cell: (row) => <span className={css.quiet}>{row.range}</span>,
    },
    {
      key: "panel",
      label: say("col.panel"),
      width: "minmax(0, 1fr)",
      cell: (row) => <span className={css.quiet}>{row.panel}</span>,
    },
    {
      key: "taken",
      label: say("col.when"),
      width: "140px",
      cell: (row) => <span className={css.quiet}>{formatDateTime(row.taken)}</span>,
    },
    { key: "record", label: say("col.state"), width: "96px", cell: (row) => <RecordMark record={row.record} /> },
  ];
  if (rows.failure !== null) return <FailureNotice failure={rows.failure} />;
  if (rows.loading) return <div aria-busy="true" />;
  return (
    <RowList
      label={say("tab.results")}
      columns={columns}
      total={rows.total}
      rowAt={rows.rowAt}
      show={rows.show}
      rowHeight={37}
      plain
      empty={say("results.none")}
    />
  );
}

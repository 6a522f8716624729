import { FailureNotice } from "../components/failure-notice.view";
import { type Column, RowList } from "../components/row-list.view";
import type { ResultDto } from "../ipc/bindings";
import { useNarrow } from "../theme/narrow";
import { formatDateTime } from "../words/dates";
import { useWords } from "../words/words";
import { RESULTS, useAbsence } from "./absence";
import css from "./chart.module.css";
import { RecordMark } from "./record-mark.view";
import lines from "./result-lines.module.css";
import { FlaggedValue } from "./result-lines.view";
import { useResults } from "./window.query";

/** Every result, newest first, with its range beside it. */
export function ResultsTab({ patient }: { patient: string }) {
  const say = useWords();
  const { sayNone } = useAbsence();
  const rows = useResults(patient);
  const narrow = useNarrow();
  // The recorded value stands under the one that is shown where it has room, else in its title.
  const fits = (row: ResultDto) => !narrow && row.recorded.length <= 32;
  const hasLong = rows.first?.rows.some((row) => row.recorded !== "" && fits(row)) ?? false;
  const columns: Column<ResultDto>[] = [
    {
      key: "name",
      label: say("col.test"),
      width: "minmax(120px, 1.3fr)",
      wrap: true,
      cell: (row) => (
        <>
          <span className={lines.over}>
            {row.name} <RecordMark record={row.record} />
          </span>
          <span className={lines.under}>{row.panel}</span>
        </>
      ),
    },
    {
      key: "value",
      label: say("col.value"),
      // A value is never cut off: a part of a number is another number.
      width: hasLong ? "minmax(256px, 0.9fr)" : narrow ? "minmax(150px, 0.9fr)" : "minmax(170px, 0.9fr)",
      align: "end",
      cell: (row) => (
        <span className={lines.whole}>
          <FlaggedValue value={row.value} flag={row.flag} recorded={fits(row) ? "" : row.recorded} />
          {row.recorded !== "" && fits(row) ? (
            <span className={lines.recorded}>{say("value.recorded", { value: row.recorded })}</span>
          ) : null}
        </span>
      ),
    },
    {
      key: "range",
      label: say("col.range"),
      width: "minmax(0, 1fr)",
      cell: (row) => <span className={`${css.quiet} ${lines.whole}`}>{row.range}</span>,
    },
    {
      key: "taken",
      label: say("col.when"),
      width: narrow ? "96px" : "150px",
      wrap: true,
      cell: (row) => <span className={css.quiet}>{formatDateTime(row.taken)}</span>,
    },
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
      rowHeight={52}
      plain
      empty={sayNone("results.none", RESULTS)}
    />
  );
}

import { PagedTable } from "../components/paged-table.view";
import type { Column } from "../components/virtual-table.view";
import type { ResultDto } from "../ipc/bindings";
import { usePagedList } from "../ipc/paged-list.query";
import { useNarrowWindow } from "../theme/window-width";
import { formatDateTime } from "../words/dates";
import { useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import css from "./chart.module.css";
import { FlaggedValue } from "./flagged-value.view";
import { RecordStateChip } from "./record-state.view";
import resultsCss from "./results.module.css";

/** All results, newest first, with their reference ranges. */
export function ResultsTab({ patient }: { patient: string }) {
  const say = useWords();
  const { sayNone } = useAbsence();
  const rows = usePagedList("chart_results", (page) => ({ patient, ...page }));
  const narrow = useNarrowWindow();
  // The recorded value is shown below the rounded one if there is space, otherwise in its title.
  const fits = (row: ResultDto) => row.recorded !== null && !narrow && row.recorded.length <= 32;
  const hasLong = rows.firstPage?.rows.some(fits) ?? false;
  const columns: Column<ResultDto>[] = [
    {
      key: "name",
      label: say("col.test"),
      width: "minmax(120px, 1.3fr)",
      wrap: true,
      cell: (row) => (
        <>
          <span className={resultsCss.over}>
            {row.name ?? say("value.unreadable")} <RecordStateChip record={row.record} />
          </span>
          <span className={resultsCss.under}>{row.panel}</span>
        </>
      ),
    },
    {
      key: "value",
      label: say("col.value"),
      // A value is never truncated: part of a number would read as another number.
      width: hasLong ? "minmax(256px, 0.9fr)" : narrow ? "minmax(150px, 0.9fr)" : "minmax(170px, 0.9fr)",
      align: "end",
      cell: (row) => (
        <span className={resultsCss.breakAnywhere}>
          <FlaggedValue value={row.value} flag={row.flag} recorded={fits(row) ? null : row.recorded} />
          {row.recorded !== null && fits(row) ? (
            <span className={resultsCss.recorded}>{say("value.recorded", { value: row.recorded })}</span>
          ) : null}
        </span>
      ),
    },
    {
      key: "range",
      label: say("col.range"),
      width: "minmax(0, 1fr)",
      cell: (row) => <span className={`${css.quiet} ${resultsCss.breakAnywhere}`}>{row.range}</span>,
    },
    {
      key: "taken",
      label: say("col.when"),
      width: narrow ? "96px" : "150px",
      wrap: true,
      cell: (row) => <span className={css.quiet}>{formatDateTime(row.taken)}</span>,
    },
  ];
  return (
    <PagedTable
      list={rows}
      label={say("tab.results")}
      columns={columns}
      rowHeight={52}
      noRowButtons
      empty={sayNone("results.none", SUBJECTS.results)}
    />
  );
}

import { useState } from "react";
import { PagedTable } from "../components/paged-table.view";
import { RowMenu } from "../components/row-menu.view";
import { type Column, RowButton } from "../components/virtual-table.view";
import type { ResultDto } from "../ipc/bindings";
import { usePagedList } from "../ipc/paged-list.query";
import { useNarrowWindow } from "../theme/window-width";
import { formatDateTime } from "../words/dates";
import { splitValue } from "../words/values";
import { useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import css from "./chart.module.css";
import { Correction } from "./correction.view";
import { useCorrectionActions } from "./corrections";
import { Marks } from "./marks.view";
import { RecordDialog } from "./record-dialog.view";
import { RecordStateChip } from "./record-state.view";
import { ResultDetails, ResultRanges, ResultValues } from "./result-parts.view";
import resultsCss from "./results.module.css";

const referenceOf = ({ isReport, id }: ResultDto) => `${isReport ? "DiagnosticReport" : "Observation"}/${id}`;
const isInError = (row: ResultDto) => row.marks.some(({ kind }) => kind === "entered_in_error");

/** All results and reports, newest first, with their reference ranges. */
export function ResultsTab({ patient }: { patient: string }) {
  const say = useWords();
  const { sayNone } = useAbsence();
  const rows = usePagedList("chart_results", (page) => ({ patient, ...page }));
  const narrow = useNarrowWindow();
  const actionsOf = useCorrectionActions();
  const [opened, setOpened] = useState<{ reference: string; text: string } | null>(null);
  const open = (row: ResultDto) => setOpened({ reference: referenceOf(row), text: sayName(row) });
  const sayName = (row: ResultDto) => row.name ?? say("value.unreadable");
  // The recorded value is shown below the rounded one if there is space, otherwise in its title.
  const fits = (row: ResultDto) => {
    const recorded = row.value === null ? null : splitValue(say, row.value).recorded;
    return recorded !== null && !narrow && recorded.length <= 32;
  };
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
            <span className={isInError(row) ? css.inError : undefined}>
              <RowButton onOpen={() => open(row)}>{sayName(row)}</RowButton>
            </span>{" "}
            <RecordStateChip record={row.record} />
            <Marks marks={row.marks} />
          </span>
          <span className={resultsCss.under}>{row.isReport ? say("result.report") : row.panel}</span>
          <Correction corrected={row.corrected} />
          <ResultDetails details={row.details} />
        </>
      ),
    },
    {
      key: "value",
      label: say("col.value"),
      // A value is never truncated: part of a number would read as another number.
      width: hasLong ? "minmax(256px, 0.9fr)" : narrow ? "minmax(150px, 0.9fr)" : "minmax(170px, 0.9fr)",
      align: "end",
      wrap: true,
      cell: (row) => (
        <span className={resultsCss.breakAnywhere}>
          <ResultValues result={row} below={fits(row)} />
        </span>
      ),
    },
    {
      key: "range",
      label: say("col.range"),
      width: "minmax(0, 1fr)",
      wrap: true,
      cell: (row) => (
        <span className={`${css.quiet} ${resultsCss.breakAnywhere}`}>
          <ResultRanges result={row} />
        </span>
      ),
    },
    {
      key: "taken",
      label: say("col.when"),
      width: narrow ? "96px" : "150px",
      wrap: true,
      cell: (row) => (
        <span className={css.quiet}>
          {formatDateTime(row.taken)}
          {row.until === null ? null : ` ${say("result.until", { at: formatDateTime(row.until) })}`}
        </span>
      ),
    },
    {
      key: "actions",
      label: "",
      width: "40px",
      cell: (row) => {
        const [title, when] = [sayName(row), formatDateTime(row.taken)];
        const { mayMarkEnteredInError: mayMark, corrected } = row;
        const actions = actionsOf({ reference: referenceOf(row), title, when, mayMark, corrected });
        return (
          <RowMenu
            label={say("row.actions", { what: `${title}, ${when}` })}
            actions={[
              { label: say("row.show"), onAction: () => open(row) },
              ...row.same.map((id) => ({
                label: say("row.show.same"),
                onAction: () => setOpened({ reference: `Observation/${id}`, text: title }),
              })),
              ...actions,
            ]}
          />
        );
      },
    },
  ];
  return (
    <>
      <PagedTable
        list={rows}
        label={say("tab.results")}
        columns={columns}
        rowHeight={52}
        empty={sayNone("results.none", SUBJECTS.results)}
      />
      <RecordDialog
        patient={patient}
        row={
          opened === null
            ? null
            : { reference: opened.reference, title: { kind: "recorded", text: opened.text }, others: [] }
        }
        onClose={() => setOpened(null)}
      />
    </>
  );
}

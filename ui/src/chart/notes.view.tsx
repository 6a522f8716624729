import { useState } from "react";
import { FailureNotice } from "../components/failure-notice.view";
import { type Column, RowButton, VirtualTable } from "../components/virtual-table.view";
import type { ChartDto, NoteDto } from "../ipc/bindings";
import { usePagedList } from "../ipc/paged-list.query";
import { formatDate } from "../words/dates";
import { useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import { NoteChips, NoteReader, sayAuthor } from "./note-reader.view";
import css from "./notes.module.css";

/** Whether a note is valid and complete, so that the list need not say so. */
function isOrdinary(note: NoteDto): boolean {
  return note.marks.length === 0 && ["signed", "final", "unstated"].includes(note.status);
}

/** The list of notes on the left, the selected one on the right. */
export function Notes({ chart }: { chart: ChartDto }) {
  const say = useWords();
  const { sayNone } = useAbsence();
  const rows = usePagedList("chart_notes", (page) => ({ patient: chart.banner.patient, ...page }));
  const [selected, setSelected] = useState(0);
  const note = rows.rowAt(selected);
  const columns: Column<NoteDto>[] = [
    {
      key: "note",
      label: say("col.note"),
      width: "minmax(0, 1fr)",
      cell: (row, index) => (
        <RowButton onOpen={() => setSelected(index)}>
          <span className={`${css.kind} ${row.status === "entered_in_error" ? css.inError : ""}`}>
            {row.kind ?? say("note.text")}
          </span>
          <span className={css.author}>{sayAuthor(say, row)}</span>
          <span className={css.chips}>{isOrdinary(row) ? null : <NoteChips note={row} />}</span>
        </RowButton>
      ),
    },
    {
      key: "when",
      label: say("col.when"),
      width: "88px",
      cell: (row) => <span className={css.author}>{formatDate(row.written)}</span>,
    },
  ];
  if (rows.failure !== null) return <FailureNotice failure={rows.failure} />;
  if (rows.loading) return <div aria-busy="true" />;
  return (
    <div className={css.split}>
      <VirtualTable
        label={say("tab.notes")}
        columns={columns}
        total={rows.total}
        rowAt={rows.rowAt}
        onVisibleRows={rows.onVisibleRows}
        rowHeight={72}
        isMarked={(row) => row === note}
        empty={sayNone("notes.empty", SUBJECTS.notes)}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling section must be reachable with the keyboard */}
      <section className={css.reader} tabIndex={0} aria-label={say("note.text")}>
        {note === undefined ? null : <NoteReader key={note.reference} note={note} chart={chart} />}
      </section>
    </div>
  );
}

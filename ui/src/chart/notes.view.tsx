import { useState } from "react";
import { Button } from "../components/button.view";
import { Card } from "../components/card.view";
import { Chip } from "../components/chip.view";
import { FailureNotice } from "../components/failure-notice.view";
import { type Column, RowButton, VirtualTable } from "../components/virtual-table.view";
import type { ChartDto, NoteDto } from "../ipc/bindings";
import { usePagedList } from "../ipc/paged-list.query";
import { formatDate, formatDateTime } from "../words/dates";
import { type Say, useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import { EnteredInErrorDialog, type RecordToCorrect } from "./entered-in-error.view";
import css from "./notes.module.css";
import { RecordStateChip } from "./record-state.view";

/** The author of a note, or a text saying that the author is not known. */
export function sayAuthor(say: Say, note: NoteDto): string {
  return note.author ?? say("note.author.unknown");
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
          <span className={`${css.kind} ${row.status === "entered_in_error" ? css.inError : ""}`}>{row.kind}</span>
          <span className={css.author}>{sayAuthor(say, row)}</span>
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
        rowHeight={52}
        isMarked={(row) => row === note}
        empty={sayNone("notes.empty", SUBJECTS.notes)}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling section must be reachable with the keyboard */}
      <section className={css.reader} tabIndex={0} aria-label={say("note.text")}>
        {note === undefined ? null : <Reader note={note} chart={chart} />}
      </section>
    </div>
  );
}

function Reader({ note, chart }: { note: NoteDto; chart: ChartDto }) {
  const say = useWords();
  const [recordToCorrect, setRecordToCorrect] = useState<RecordToCorrect | null>(null);
  const inError = note.status === "entered_in_error";
  return (
    <Card title={note.kind ?? ""} aside={formatDateTime(note.written)}>
      <div className={css.meta}>
        <span>{sayAuthor(say, note)}</span>
        <Chip tone={inError ? "critical" : note.status === "draft" ? "warn" : "grey"}>
          {say(`note.status.${note.status}`)}
        </Chip>
        <RecordStateChip record={note.record} />
      </div>
      <p className={`${css.text} ${inError ? css.inError : ""}`}>{note.text ?? say("value.unreadable")}</p>
      {note.mayMarkEnteredInError ? (
        <div className={css.foot}>
          <Button
            variant="link"
            onPress={() =>
              setRecordToCorrect({
                reference: `DocumentReference/${note.id}`,
                title: note.kind ?? "",
                when: formatDateTime(note.written),
              })
            }
          >
            {say("entered_in_error.short")}
          </Button>
        </div>
      ) : null}
      <EnteredInErrorDialog record={recordToCorrect} banner={chart.banner} onClose={() => setRecordToCorrect(null)} />
    </Card>
  );
}

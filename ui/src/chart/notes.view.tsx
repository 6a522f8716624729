import { useState } from "react";
import { Button } from "../components/button.view";
import { Card } from "../components/card.view";
import { Chip } from "../components/chip.view";
import { FailureNotice } from "../components/failure-notice.view";
import { type Column, RowList, RowOpen } from "../components/row-list.view";
import type { ChartDto, NoteDto } from "../ipc/bindings";
import { formatDate, formatDateTime } from "../words/dates";
import { messageFor, type Say, useWords } from "../words/words";
import { useAbsence } from "./absence";
import css from "./notes.module.css";
import { RecordMark } from "./record-mark.view";
import { StrikeDialog, type Struck } from "./strike.view";
import { useNotes } from "./window.query";

/** Who wrote a note, or that nothing says who. */
export function sayAuthor(say: Say, note: NoteDto): string {
  return note.author === "" ? say("note.author.unknown") : note.author;
}

/** Notes at the left, the chosen one at the right. */
export function Notes({ chart }: { chart: ChartDto }) {
  const say = useWords();
  const { sayNone } = useAbsence();
  const rows = useNotes(chart.banner.patient);
  const [chosen, setChosen] = useState(0);
  const note = rows.rowAt(chosen);
  const columns: Column<NoteDto>[] = [
    {
      key: "note",
      label: say("col.note"),
      width: "minmax(0, 1fr)",
      cell: (row, index) => (
        <RowOpen onOpen={() => setChosen(index)}>
          <span className={`${css.kind} ${row.status === "entered_in_error" ? css.struck : ""}`}>{row.kind}</span>
          <span className={css.by}>{sayAuthor(say, row)}</span>
        </RowOpen>
      ),
    },
    {
      key: "when",
      label: say("col.when"),
      width: "88px",
      cell: (row) => <span className={css.by}>{formatDate(row.written)}</span>,
    },
  ];
  if (rows.failure !== null) return <FailureNotice failure={rows.failure} />;
  if (rows.loading) return <div aria-busy="true" />;
  return (
    <div className={css.split}>
      <RowList
        label={say("tab.notes")}
        columns={columns}
        total={rows.total}
        rowAt={rows.rowAt}
        show={rows.show}
        rowHeight={52}
        marked={(row) => row === note}
        empty={sayNone("notes.empty", ["DocumentReference"])}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached from the keyboard */}
      <section className={css.reader} tabIndex={0} aria-label={say("note.text")}>
        {note === undefined ? null : <Reader note={note} chart={chart} />}
      </section>
    </div>
  );
}

function Reader({ note, chart }: { note: NoteDto; chart: ChartDto }) {
  const say = useWords();
  const [struck, setStruck] = useState<Struck | null>(null);
  const wrong = note.status === "entered_in_error";
  return (
    <Card title={note.kind} aside={formatDateTime(note.written)}>
      <div className={css.meta}>
        <span>{sayAuthor(say, note)}</span>
        <Chip tone={wrong ? "critical" : note.status === "draft" ? "warn" : "grey"}>
          {say(messageFor("note.status", note.status, "note.status.signed"))}
        </Chip>
        <RecordMark record={note.record} />
      </div>
      <p className={`${css.text} ${wrong ? css.struck : ""}`}>{note.text}</p>
      {note.mayStrike ? (
        <div className={css.foot}>
          <Button
            look="link"
            onPress={() =>
              setStruck({
                reference: `DocumentReference/${note.id}`,
                title: note.kind,
                when: formatDateTime(note.written),
              })
            }
          >
            {say("strike.short")}
          </Button>
        </div>
      ) : null}
      <StrikeDialog struck={struck} banner={chart.banner} onClose={() => setStruck(null)} />
    </Card>
  );
}

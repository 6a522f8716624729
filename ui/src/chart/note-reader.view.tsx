import { Card } from "../components/card.view";
import { Chip, type Tone } from "../components/chip.view";
import { RowMenu } from "../components/row-menu.view";
import type { ChartDto, NoteDto, NoteRelationDto, NoteStatusDto } from "../ipc/bindings";
import { formatDateTime } from "../words/dates";
import { sayValue } from "../words/values";
import { messageFor, type Say, useWords } from "../words/words";
import { Correction } from "./correction.view";
import { useCorrectionActions } from "./corrections";
import css from "./document.module.css";
import { DocumentBody } from "./document-body.view";
import { DocumentPart } from "./document-part.view";
import { Marks } from "./marks.view";
import notes from "./notes.module.css";
import { useWholeRecordActions } from "./record-menu.view";
import { RecordStateChip } from "./record-state.view";

const TONES: Record<NoteStatusDto, Tone> = {
  draft: "warn",
  final: "grey",
  signed: "grey",
  amended: "grey",
  unstated: "grey",
  unknown: "warn",
  entered_in_error: "critical",
};

/** The authors of a note, or a text saying that they are not known. */
export function sayAuthor(say: Say, note: NoteDto): string {
  const first = note.author ?? say("note.author.unknown");
  if (note.moreAuthors.length === 0) return first;
  return say("note.authors", { first, others: note.moreAuthors.join(", ") });
}

/** One note or document in full. */
export function NoteReader({ note, chart }: { note: NoteDto; chart: ChartDto }) {
  const say = useWords();
  const wholeRecord = useWholeRecordActions()(note.reference, note.kind ?? say("note.text"));
  const corrections = useCorrectionActions()({
    reference: note.reference,
    title: note.kind ?? "",
    when: formatDateTime(note.written),
    mayMark: note.mayMarkEnteredInError,
    corrected: note.corrected,
  });
  const inError = note.status === "entered_in_error";
  return (
    <Card title={note.kind ?? say("note.text")} aside={formatDateTime(note.written)}>
      <div className={notes.meta}>
        <span>{sayAuthor(say, note)}</span>
        <NoteChips note={note} />
        <RecordStateChip record={note.record} />
        <RowMenu
          label={say("row.actions", { what: note.kind ?? say("note.text") })}
          actions={[...wholeRecord, ...corrections]}
        />
      </div>
      <Correction corrected={note.corrected} />
      <Relations relations={note.relations} />
      <Details note={note} />
      <div className={inError ? notes.inError : ""}>
        {note.parts.map((part) => (
          <DocumentPart
            key={`${note.reference} ${part.index}`}
            patient={chart.banner.patient}
            reference={note.reference}
            part={part}
            count={note.parts.length}
            kind={note.kind}
          />
        ))}
        {note.narrative === null ? null : (
          <section className={css.part}>
            <div className={css.head}>{say("document.narrative")}</div>
            <DocumentBody pieces={note.narrative.pieces} preformatted={note.narrative.preformatted} />
          </section>
        )}
        {note.parts.length === 0 && note.narrative === null ? (
          <p className={`${css.part} ${css.words}`}>{say("document.none")}</p>
        ) : null}
      </div>
    </Card>
  );
}

/** How far a note is, and what changes its meaning. */
export function NoteChips({ note }: { note: NoteDto }) {
  const say = useWords();
  const marks = note.marks.filter((mark) => mark.kind !== "entered_in_error");
  return (
    <>
      <Chip tone={TONES[note.status]}>{say(`note.status.${note.status}`)}</Chip>
      <Marks marks={marks} />
    </>
  );
}

function Relations({ relations }: { relations: NoteRelationDto[] }) {
  const say = useWords();
  if (relations.length === 0) return null;
  return (
    <ul className={css.relations}>
      {relations.map((relation) => (
        <li key={JSON.stringify(relation)}>{sayRelation(say, relation)}</li>
      ))}
    </ul>
  );
}

function sayRelation(say: Say, relation: NoteRelationDto): string {
  const title = relation.title ?? relation.reference ?? say("document.relation.unknown");
  const what =
    relation.written === null
      ? title
      : say("document.relation.target", { title, at: formatDateTime(relation.written) });
  const suffix = relation.incoming ? ".incoming" : "";
  const id = messageFor("document.relation", `${relation.code}${suffix}`, "document.relation.other");
  return say(id, { what, code: relation.code });
}

function Details({ note }: { note: NoteDto }) {
  const say = useWords();
  if (note.details.length === 0) return null;
  return (
    <dl className={css.details}>
      {note.details.map((detail, at) => [
        // biome-ignore lint/suspicious/noArrayIndexKey: the details of a note never change their order
        <dt key={`label${at}`}>{say(`document.detail.${detail.field}`)}</dt>,
        // biome-ignore lint/suspicious/noArrayIndexKey: the details of a note never change their order
        <dd key={`value${at}`}>{sayValue(say, detail.value)}</dd>,
      ])}
    </dl>
  );
}

/** The text of a note's readable parts, for its first lines. */
export function firstText(note: NoteDto): string | null {
  const bodies = [...note.parts.map((part) => part.body), note.narrative].filter((body) => body !== null);
  const words = bodies.map((body) =>
    body.pieces
      .map((piece) => {
        switch (piece.kind) {
          case "text":
          case "field":
            return piece.text;
          case "close":
          case "break":
            return "\n";
          default:
            return "";
        }
      })
      .join(""),
  );
  const text = words
    .join("\n\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  return text === "" ? null : text;
}

import type { DocumentChunkDto, DocumentPartDto, ElementDto, NoteDto, OpenedDocumentDto, PieceDto } from "../bindings";
import { makeTextPart } from "./text-part";

const text = (words: string): PieceDto => ({ kind: "text", text: words });
const close: PieceDto = { kind: "close" };
const open = (element: ElementDto): PieceDto => ({ kind: "open", element, direction: null });
const within = (element: ElementDto, ...pieces: PieceDto[]): PieceDto[] => [open(element), ...pieces, close];
const cell: ElementDto = { name: "cell", columns: 1, rows: 1 };

/** A letter in HTML as Rust sends it. */
const LETTER: PieceDto[] = [
  ...within({ name: "heading", level: 1 }, text("Discharge letter")),
  ...within({ name: "paragraph" }, ...within({ name: "strong" }, text("Stop warfarin")), text(" today.")),
  text("\n  "),
  ...within(
    { name: "table" },
    ...within(
      { name: "row" },
      ...within(cell, text("Platelets")),
      ...within(cell, text("40 × 10"), ...within({ name: "superscript" }, text("9")), text("/L")),
    ),
  ),
  ...within(
    { name: "numbered_list", numbering: "lower_alpha", start: 1 },
    ...within({ name: "item", number: null }, text("Weigh daily")),
  ),
  ...within({ name: "paragraph" }, ...within({ name: "crossed_out" }, text("Aspirin 75 mg"))),
  { kind: "checkbox", checked: true },
  text(" allergic to latex"),
  { kind: "omitted", what: "image", label: "ECG" },
  ...within({ name: "link", address: "https://guideline.example/" }, text("Guideline")),
];

function part(index: number, overrides: Partial<DocumentPartDto>): DocumentPartDto {
  return { ...makeTextPart(""), index, size: null, body: null, ...overrides };
}

function record(id: string, overrides: Partial<NoteDto>): NoteDto {
  return {
    id,
    reference: `DocumentReference/${id}`,
    kind: "Letter",
    author: "City hospital",
    moreAuthors: [],
    written: "2025-03-02T09:00:00.000Z",
    status: "unstated",
    marks: [],
    relations: [],
    details: [],
    parts: [],
    narrative: null,
    mayMarkEnteredInError: false,
    corrected: null,
    record: "synced",
    ...overrides,
  };
}

/** Documents of other systems. */
export function makeDocuments(): NoteDto[] {
  const letter = { pieces: LETTER, notices: [], preformatted: false, complete: true };
  return [
    record("d0", {
      kind: "Discharge letter",
      status: "final",
      details: [{ field: "description", value: { kind: "text", text: "Must not receive contrast" } }],
      relations: [
        {
          code: "replaces",
          incoming: false,
          reference: "DocumentReference/d1",
          title: "Old plan",
          written: "2025-03-01",
        },
      ],
      parts: [
        part(0, { contentType: "text/html", size: 812, body: letter, title: "Letter" }),
        part(1, {
          contentType: "application/pdf",
          form: "pdf",
          size: 1_234_567,
          title: "CT letter",
          place: { kind: "elsewhere", address: "https://other.example/ct.pdf" },
        }),
        part(2, { contentType: "image/tiff", form: "other", size: 90_000 }),
        part(3, { contentType: "image/png", form: "large_image", size: 900 }),
      ],
    }),
    record("d2", {
      kind: "Letter with a picture",
      written: "2025-02-28T09:00:00.000Z",
      parts: [
        part(0, {
          contentType: "text/html",
          size: 1_200,
          body: {
            pieces: [text("See the ECG"), { kind: "omitted", what: "unopened_image", label: "ECG" }],
            notices: [],
            preformatted: false,
            complete: false,
          },
        }),
      ],
    }),
    record("d1", {
      kind: "Old plan",
      marks: [{ kind: "superseded", by: "Discharge letter, 02-Mar-2025", at: null }],
      parts: [
        part(0, {
          contentType: "text/plain",
          size: 400_000,
          body: {
            pieces: [text("Give heparin")],
            notices: [{ kind: "guessed_charset", charset: "windows-1252" }],
            preformatted: true,
            complete: false,
          },
        }),
        part(1, { contentType: "text/plain", place: { kind: "undecodable" }, faults: ["wrong_size"] }),
        part(2, { contentType: null, place: { kind: "empty" } }),
      ],
    }),
  ];
}

/** Opens the long note of the old plan, or the letter with a picture. */
export function openFakeDocument(reference: string, source: boolean): OpenedDocumentDto {
  const handle = source ? "source" : "whole";
  return {
    handle: reference === "DocumentReference/d2" ? "pictured" : handle,
    form: "text",
    contentType: "text/plain",
    size: 400_000,
    faults: [],
    notices: [],
    preformatted: true,
    pieces: 6,
  };
}

/** Six parts, one at a time; of the letter all at once. */
export function readFakeDocument(handle: string, offset: number): DocumentChunkDto {
  if (handle === "pictured") {
    const picture: PieceDto = { kind: "picture", index: 1, contentType: "image/png", size: 67, label: "ECG" };
    return { pieces: [text("See the ECG"), picture], next: null };
  }
  return { pieces: [text(`${handle} line ${offset + 1}\n`)], next: offset < 5 ? offset + 1 : null };
}

/** The bytes of a picture of one white pixel. */
export function readFakePicture(offset: number): ArrayBuffer {
  const picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAGl7e7gAAAABJRU5ErkJggg==";
  return Uint8Array.from(atob(picture), (c) => c.charCodeAt(0)).slice(offset).buffer;
}

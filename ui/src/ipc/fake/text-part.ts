import type { DocumentPartDto } from "../bindings";

/** The text of a note as its only attachment. */
export function makeTextPart(text: string): DocumentPartDto {
  return {
    index: 0,
    title: null,
    contentType: "text/plain; charset=utf-8",
    format: null,
    language: null,
    created: null,
    size: text.length,
    form: "text",
    place: { kind: "here" },
    faults: [],
    body: { pieces: [{ kind: "text", text }], notices: [], preformatted: true, complete: true },
  };
}

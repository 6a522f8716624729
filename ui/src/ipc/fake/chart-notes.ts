import type { NoteDto } from "../bindings";
import { makeDocuments } from "./documents";
import { makeTextPart } from "./text-part";

const TEXTS = [
  "Pressure above target on amLODIPine alone. Discussed salt, added enalapril next visit if unchanged. Review feet and retinal screening.",
  "Came for a repeat of blood pressure after walking from the bus stop. Rested ten minutes before the reading.\n\nNo headache, no chest pain. Takes tablets every morning; missed two last week when travelling.\n\nPlan: repeat in 4 weeks, bring the tablets.",
  "Foot check done: skin intact, pulses present, monofilament felt at all ten sites.",
];

/** Signed notes, newest first; the second patient has documents of other systems as well. */
export function makeNotes(index: number): NoteDto[] {
  const notes = makeSignedNotes(index);
  return index === 2 ? [...notes, ...makeDocuments()] : notes;
}

function makeSignedNotes(index: number): NoteDto[] {
  return Array.from({ length: index === 1 ? 26 : 4 }, (_, at) => ({
    id: `n${at}`,
    kind: at % 3 === 1 ? "Nursing note" : "Progress note",
    author: at === 3 ? null : at % 3 === 1 ? "Amara Okafor" : "Dr Jonas Mbeki",
    written: new Date(Date.parse("2026-10-24T10:32:00+03:00") - at * 86_400_000 * 23).toISOString(),
    status: at === 5 ? "entered_in_error" : "signed",
    reference: `DocumentReference/n${at}`,
    moreAuthors: [],
    marks: at === 5 ? [{ kind: "entered_in_error" }] : [],
    relations: [],
    details: [],
    parts: [makeTextPart(TEXTS[at % TEXTS.length] ?? "")],
    narrative: null,
    mayMarkEnteredInError: at % 3 === 1 && at !== 5,
    corrected:
      at === 5
        ? { who: "Dr Jonas Mbeki", when: "2026-10-24T11:00:00+03:00", why: "wrong patient", mayUndo: false }
        : null,
    record: at === 0 && index !== 1 ? "pending" : "synced",
  }));
}

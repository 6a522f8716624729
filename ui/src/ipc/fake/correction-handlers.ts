import type { CorrectionDto, NoteDto } from "../bindings";
import { type FakeState, openFakeChart, refuse } from "./fake-state";
import type { HandlersOf } from "./handlers";
import { FAKE_NOW } from "./staff";

type HandledCommands = "mark_entered_in_error" | "undo_entered_in_error";

/** Marking records as entered in error, and undoing that. */
export function correctionHandlers(state: FakeState): HandlersOf<HandledCommands> {
  const noteWas = new Map<string, NoteDto["status"]>();
  return {
    mark_entered_in_error: ({ patient, reference, reason }) => {
      if (reason.trim() === "") return refuse("invalid", { fields: [{ field: "reason", reason: "missing" }] });
      const fake = openFakeChart(state, patient);
      const id = reference.split("/")[1] ?? "";
      const corrected: CorrectionDto = { who: state.session?.name ?? null, when: FAKE_NOW, why: reason, mayUndo: true };
      for (const series of fake.chart.vitals) {
        const point = series.points.find((candidate) => candidate.id === id);
        if (point === undefined) continue;
        series.points = series.points.filter((candidate) => candidate !== point);
        series.latest = series.points.at(-1) ?? null;
        const marked = { ...point, marks: [{ kind: "entered_in_error" as const }], mayMarkEnteredInError: false };
        series.enteredInError = [...series.enteredInError, { point: marked, corrected }];
      }
      for (const note of fake.notes) {
        if (note.id !== id) continue;
        noteWas.set(id, note.status);
        Object.assign(note, { status: "entered_in_error", mayMarkEnteredInError: false, corrected });
      }
      const row = fake.timeline.find((candidate) => candidate.reference === reference);
      if (row !== undefined)
        Object.assign(row, { marks: [{ kind: "entered_in_error" }], mayMarkEnteredInError: false, corrected });
      state.changeSet += 1;
      return { changeSet: state.changeSet, resources: [reference], visitStarted: false };
    },
    undo_entered_in_error: ({ patient, reference }) => {
      const fake = openFakeChart(state, patient);
      const id = reference.split("/")[1] ?? "";
      for (const series of fake.chart.vitals) {
        const listed = series.enteredInError.find(({ point }) => point.id === id);
        if (listed === undefined) continue;
        series.enteredInError = series.enteredInError.filter((candidate) => candidate !== listed);
        const point = { ...listed.point, marks: [], mayMarkEnteredInError: true };
        series.points = [...series.points, point].sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
        series.latest = series.points.at(-1) ?? null;
      }
      for (const note of fake.notes)
        if (note.id === id)
          Object.assign(note, { status: noteWas.get(id), mayMarkEnteredInError: true, corrected: null });
      const row = fake.timeline.find((candidate) => candidate.reference === reference);
      if (row !== undefined) Object.assign(row, { marks: [], mayMarkEnteredInError: true, corrected: null });
      return null;
    },
  };
}

import type { FieldReasonDto, NoteDto, SavedDto, VitalPointDto } from "../bindings";
import { makeQuantity } from "./chart-vitals";
import { type FakeState, openFakeChart, refuse } from "./fake-state";
import type { HandlersOf } from "./handlers";
import { FAKE_NOW } from "./staff";
import { makeTextPart } from "./text-part";
import { checkFakeVitals } from "./vitals-check";

type HandledCommands = "check_vitals" | "save_vitals" | "save_draft" | "discard_draft" | "drafts" | "sign_note";

/** Vitals, notes, drafts and marking records as entered in error. */
export function visitHandlers(state: FakeState): HandlersOf<HandledCommands> {
  const saved = (resources: string[]): SavedDto => {
    state.changeSet += 1;
    state.pending += 1;
    return { changeSet: state.changeSet, resources, visitStarted: resources.length > 2 };
  };
  const endDraft = (draft: string | null) => {
    state.drafts = state.drafts.filter((candidate) => candidate.draft !== draft);
  };
  return {
    check_vitals: checkFakeVitals,
    save_vitals: (vitals) => {
      const check = checkFakeVitals(vitals);
      const rejected = check.findings.filter(
        (finding) =>
          finding.grade === "impossible" ||
          finding.grade === "not_a_number" ||
          (finding.grade === "improbable" && !vitals.confirmed),
      );
      if (rejected.length > 0)
        return refuse("invalid", {
          fields: rejected.map(({ field, grade }) => ({ field, reason: grade as FieldReasonDto })),
        });
      const { chart } = openFakeChart(state, vitals.patient);
      for (const series of chart.vitals) {
        const signs = series.key === "blood_pressure" ? (["systolic", "diastolic"] as const) : [series.key as "pulse"];
        const taken = signs.filter((sign) => (vitals[sign] ?? "") !== "");
        if (taken.length === 0) continue;
        const at = Date.parse(vitals.taken ?? FAKE_NOW);
        const id = `${series.key}-${state.changeSet}`;
        const point: VitalPointDto = {
          id,
          at,
          taken: new Date(at).toISOString(),
          values: taken.map((sign) => ({
            id,
            sign,
            number: Number(vitals[sign]),
            value: makeQuantity(vitals[sign], series.unit),
            flag: null,
            interpretation: [],
            ranges: [],
          })),
          same: [],
          marks: [],
          details: [],
          mayMarkEnteredInError: true,
          record: "pending",
        };
        series.points.push(point);
        Object.assign(series, { latest: point, age: { unit: "minutes", count: 0 } });
      }
      endDraft(vitals.draft);
      return saved(["Encounter/e1", "Observation/o1", "Observation/o2"]);
    },
    save_draft: ({ draft, kind, patient, content }) => {
      const id = draft ?? `d${state.drafts.length + 1}-${state.changeSet}`;
      const row = state.patients.find((candidate) => candidate.patient === patient);
      endDraft(id);
      state.drafts.push({
        draft: id,
        kind,
        patient,
        patientName: `${row?.family}, ${row?.given}`,
        content,
        saved: FAKE_NOW,
      });
      return { draft: id, saved: FAKE_NOW };
    },
    discard_draft: ({ draft }) => {
      endDraft(draft);
      return null;
    },
    drafts: () => state.drafts,
    sign_note: ({ patient, kind, text, draft }) => {
      if (text.trim() === "") return refuse("invalid", { fields: [{ field: "text", reason: "missing" }] });
      const fake = openFakeChart(state, patient);
      const note: NoteDto = {
        id: `n${state.changeSet}-new`,
        kind: kind === "nursing" ? "Nursing note" : "Progress note",
        author: state.session?.name ?? null,
        written: FAKE_NOW,
        reference: `DocumentReference/n${state.changeSet}-new`,
        moreAuthors: [],
        status: "signed",
        marks: [],
        relations: [],
        details: [],
        parts: [makeTextPart(text)],
        narrative: null,
        mayMarkEnteredInError: true,
        corrected: null,
        record: "pending",
      };
      fake.notes.unshift(note);
      fake.chart.lastNote = note;
      endDraft(draft);
      return saved(["DocumentReference/n1"]);
    },
  };
}

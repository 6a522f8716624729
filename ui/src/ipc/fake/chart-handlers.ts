import type { AllergiesDto, ChartDto, ChartTabDto, DetailDto, PermissionDto, TimelineKindDto } from "../bindings";
import { openFakeDocument, readFakeDocument } from "./documents";
import { type FakeState, openFakeChart, refuse } from "./fake-state";
import type { HandlersOf } from "./handlers";

type HandledCommands =
  | "open_chart"
  | "close_chart"
  | "chart_timeline"
  | "chart_record"
  | "chart_results"
  | "chart_notes"
  | "open_document"
  | "document_chunk"
  | "close_document";

const TAB_PERMISSIONS: Record<ChartTabDto, PermissionDto> = {
  summary: "open_chart",
  timeline: "read_problems",
  notes: "read_notes",
  results: "read_results",
  vitals: "read_vitals",
  medicines: "read_medicines",
  problems: "read_problems",
  allergies: "read_allergies",
  immunisations: "read_immunisations",
  visits: "read_problems",
  reports: "read_results",
  orders: "read_problems",
  procedures: "read_problems",
  care_plans: "read_problems",
  devices: "read_problems",
  family_history: "read_problems",
  other: "read_problems",
};

const FAKE_DETAILS: DetailDto[] = [
  { element: "status", dataType: "code", value: { kind: "code", code: "final" }, parts: [], continued: false },
  {
    element: "note",
    dataType: "Annotation",
    value: null,
    parts: [
      {
        element: "text",
        dataType: "markdown",
        value: { kind: "markdown", text: "Repeat in two weeks.\nFasting." },
        parts: [],
        continued: false,
      },
    ],
    continued: false,
  },
];

/** A record that comes in several parts. */
const FAKE_LONG_RECORD = "Observation/t1";

const TAB_KINDS: Partial<Record<ChartTabDto, TimelineKindDto>> = {
  visits: "encounter",
  reports: "report",
  procedures: "procedure",
};

const UNAVAILABLE: AllergiesDto = {
  state: "unavailable",
  current: [],
  statements: [],
  past: [],
  void: [],
  incomplete: true,
};

/** The part of a chart that the role may see; the rest is never sent. */
function filterByPermission(chart: ChartDto, permissions: readonly PermissionDto[]): ChartDto {
  const may = (name: PermissionDto) => permissions.includes(name);
  // Roles that dispense medicines see the weight and no other vital sign.
  const seesWeight = may("read_medicines");
  const vitals = may("read_vitals")
    ? chart.vitals
    : seesWeight
      ? chart.vitals.filter((series) => series.key === "weight")
      : [];
  return {
    ...chart,
    tabs: chart.tabs.filter((tab) => may(TAB_PERMISSIONS[tab]) || (tab === "vitals" && seesWeight)),
    banner: may("read_allergies")
      ? chart.banner
      : {
          ...chart.banner,
          allergies: null,
          doNot: [],
          flags: [],
          alert: chart.banner.alert || chart.banner.flags.length > 0,
        },
    allergies: may("read_allergies") ? chart.allergies : UNAVAILABLE,
    problems: may("read_problems") ? chart.problems : [],
    medicines: may("read_medicines") ? chart.medicines : [],
    vitals,
    results: may("read_results") ? chart.results : [],
    lastNote: may("read_notes") ? chart.lastNote : null,
    immunisations: may("read_immunisations") ? chart.immunisations : [],
    unreadable: may("open_chart") ? chart.unreadable : [],
  };
}

/** The chart and its long lists. */
export function chartHandlers(state: FakeState): HandlersOf<HandledCommands> {
  return {
    open_chart: ({ patient }) => {
      state.opened.add(patient);
      const { chart } = openFakeChart(state, patient);
      const drafts = state.drafts.filter((draft) => draft.patient === patient);
      return filterByPermission({ ...chart, drafts }, state.session?.permissions ?? []);
    },
    close_chart: () => null,
    chart_timeline: ({ patient, tab, offset, limit }) => {
      const { timeline } = openFakeChart(state, patient);
      const rows = tab === null ? timeline : timeline.filter((row) => row.kind === TAB_KINDS[tab]);
      return { rows: rows.slice(offset, offset + limit), total: rows.length };
    },
    chart_record: ({ patient, reference, part }) => {
      const row = openFakeChart(state, patient).timeline.find((candidate) => candidate.reference === reference);
      const parts = reference === FAKE_LONG_RECORD ? 3 : 1;
      const details = FAKE_DETAILS.map((detail) => ({ ...detail, continued: part > 0 }));
      return row === undefined ? refuse("not_available") : { row, details, parts };
    },
    chart_results: ({ patient, offset, limit }) => {
      const { results } = openFakeChart(state, patient);
      return { rows: results.slice(offset, offset + limit), total: results.length };
    },
    chart_notes: ({ patient, offset, limit }) => {
      const { notes } = openFakeChart(state, patient);
      return { rows: notes.slice(offset, offset + limit), total: notes.length };
    },
    open_document: ({ reference, source }) => openFakeDocument(reference, source),
    document_chunk: ({ handle, offset }) => readFakeDocument(handle, offset),
    close_document: () => null,
  };
}

import type {
  AbsenceClassDto,
  AllergiesDto,
  AllergyDto,
  BannerAllergiesDto,
  ChartDto,
  ElapsedDto,
  ElapsedUnitDto,
  ImmunisationDto,
  MedicineDto,
  NoteDto,
  PatientRowDto,
  ProblemDto,
  ReactionDto,
  ResultDto,
  TimelineKindDto,
  TimelineRowDto,
} from "../bindings";
import { makeNotes } from "./chart-notes";
import { makeResults } from "./chart-results";
import { makeSeries } from "./chart-vitals";
import { fakeDosage, fakeMedicine } from "./medicines";

/** A chart and the long lists behind it. */
export interface FakeChart {
  chart: ChartDto;
  timeline: TimelineRowDto[];
  results: ResultDto[];
  notes: NoteDto[];
}

const reaction = (manifestation: string, severity: string): ReactionDto => ({
  manifestations: [manifestation],
  severity,
  highRisk: false,
});

const allergy = (id: string, substance: string, recorded: string, overrides: Partial<AllergyDto> = {}): AllergyDto => ({
  id,
  substance,
  absence: null,
  marks: [],
  reaction: { manifestations: [], severity: null, highRisk: false },
  reactions: [],
  severe: false,
  criticality: null,
  kind: null,
  categories: [],
  onset: null,
  lastOccurrence: null,
  recorded,
  notes: [],
  narrative: null,
  record: "synced",
  ...overrides,
});

const KNOWN: AllergyDto[] = [
  allergy("al1", "Penicillin", "2019", {
    reaction: reaction("anaphylaxis", "severe"),
    severe: true,
    criticality: "high",
    categories: ["medication"],
    notes: ["Adrenaline was needed."],
  }),
  allergy("al2", "Latex", "2022-03", {
    reaction: reaction("contact dermatitis", "mild"),
    marks: [{ kind: "verification", code: "unconfirmed" }],
  }),
];

const REFUTED = allergy("al5", "Aspirin", "2012", { marks: [{ kind: "verification", code: "refuted" }] });

const stated = (id: string, substance: string, kind: AbsenceClassDto): AllergyDto =>
  allergy(id, substance, "2026-03-11T09:20:00+03:00", { absence: { class: kind, words: null } });

const allergiesOf = (index: number): AllergiesDto => {
  const none = { current: [], statements: [], past: [], void: [], incomplete: false };
  switch (index) {
    case 1:
      return { ...none, state: "known", current: KNOWN, void: [REFUTED] };
    case 3:
      return { ...none, state: "not_recorded" };
    case 4: {
      const sulfa = allergy("al3", "Sulfonamides", "2015", { reaction: reaction("rash", "moderate") });
      return { ...none, state: "known", current: [sulfa], incomplete: true };
    }
    case 6:
      return { ...none, state: "partly_none_known", statements: [stated("al6", "NKDA", "drug")] };
    case 7:
      return { ...none, state: "unavailable", incomplete: true };
    default:
      return { ...none, state: "none_known", statements: [stated("al4", "No known allergies", "any")] };
  }
};

const bannerAllergies = ({ state, current, statements, incomplete }: AllergiesDto): BannerAllergiesDto => ({
  state,
  list: current.map(({ substance, severe, marks }) => ({ substance, severe, marks })),
  none: statements.flatMap(({ absence }) => (absence === null ? [] : [absence])),
  incomplete,
});

const problem = (id: string, text: string, since: string, overrides: Partial<ProblemDto> = {}): ProblemDto => ({
  id,
  text,
  group: "active",
  absence: null,
  marks: [],
  status: "active",
  onset: { kind: "date", at: since },
  abatement: null,
  recorded: null,
  severity: null,
  bodySites: [],
  stages: [],
  evidence: [],
  categories: [],
  notes: [],
  narrative: null,
  record: "synced",
  ...overrides,
});

const PROBLEMS = [
  problem("pr1", "Essential hypertension", "2014"),
  problem("pr2", "Type 2 diabetes mellitus", "2017"),
  problem("pr3", "Chronic kidney disease, stage 3a", "2023-05"),
  problem("pr4", "Osteoarthritis of the knee", "2020"),
  problem("pr6", "Pulmonary embolism", "2026-11-20", {
    group: "unconfirmed",
    marks: [{ kind: "verification", code: "differential" }],
  }),
  problem("pr5", "Community-acquired pneumonia", "2018-11-02", {
    group: "past",
    status: "resolved",
    marks: [{ kind: "status", code: "resolved", reason: null }],
    abatement: { kind: "date", at: "2019" },
  }),
  problem("pr7", "Asthma", "2001", { group: "void", marks: [{ kind: "verification", code: "refuted" }] }),
];

const ago = (unit: ElapsedUnitDto, count: number): ElapsedDto => ({ unit, count });

const MEDICINES: MedicineDto[] = [
  fakeMedicine({ id: "md6", name: "ibuprofen", product: "400 mg", group: "do_not_give", marks: [{ kind: "do_not" }] }),
  fakeMedicine({
    id: "md1",
    name: "amLODIPine",
    product: "5 mg tablet",
    dosages: [fakeDosage("5", "mg", 1)],
    since: "2024-09-30",
    age: ago("years", 2),
  }),
  fakeMedicine({
    id: "md2",
    name: "metFORMIN",
    product: "500 mg tablet",
    dosages: [fakeDosage("1,000", "mg", 2)],
    since: "2026-03-12",
    age: ago("months", 8),
  }),
  fakeMedicine({
    id: "md3",
    name: "enalapril",
    product: "10 mg tablet",
    dosages: [fakeDosage("10", "mg", 1)],
    since: "2026-11-22",
    age: ago("today", 0),
    record: "pending",
  }),
  fakeMedicine({
    id: "md7",
    name: "methotrexate",
    product: "2.5 mg oral tablet",
    dosages: [{ ...fakeDosage("4", "tablet", 1), words: "four tablets on Monday of each week only" }],
    since: "2026-11-01",
    age: ago("weeks", 3),
  }),
  fakeMedicine({
    id: "md5",
    name: "warfarin",
    product: "3 mg",
    group: "on_hold",
    status: "on-hold",
    marks: [{ kind: "status", code: "on-hold", reason: "INR 7.8, bleeding" }],
    since: "2026-11-01",
    age: ago("weeks", 3),
  }),
  fakeMedicine({
    id: "md4",
    name: "hydroCHLOROthiazide",
    product: "25 mg tablet",
    dosages: [fakeDosage("25", "mg", 1)],
    group: "past",
    status: "stopped",
    marks: [{ kind: "status", code: "stopped", reason: null }],
    ended: { by: "status", at: null },
    since: "2019-01-04",
    age: ago("years", 7),
  }),
];

const IMMUNISATIONS: ImmunisationDto[] = [
  {
    id: "im1",
    vaccine: "Influenza, seasonal",
    given: "2026-05-04T10:00:00+03:00",
    status: "completed",
    record: "synced",
  },
  {
    id: "im2",
    vaccine: "COVID-19 mRNA, booster",
    given: "2024-10-18T09:12:00+03:00",
    status: "completed",
    record: "synced",
  },
  { id: "im3", vaccine: "Tetanus and diphtheria (Td)", given: "2018-02-27", status: "completed", record: "synced" },
  { id: "im4", vaccine: "Hepatitis B, third dose", given: "2009-07", status: "not-done", record: "synced" },
];

const TIMELINE: [TimelineKindDto, string, string][] = [
  ["vitals", "Vital signs", "162/98 mmHg, pulse 76 /min, SpO₂ 97 %"],
  ["medicine", "enalapril 10 mg tablet", "10 mg oral once a day"],
  ["note", "Nursing note", "Amara Okafor"],
  ["result", "HbA1c", "8.2 % H"],
  ["encounter", "Visit, outpatient clinic", "Follow-up, hypertension"],
  ["problem", "Chronic kidney disease, stage 3a", "active"],
  ["immunisation", "Influenza, seasonal", "completed"],
  ["procedure", "Retinal screening", "completed"],
  ["report", "Basic metabolic panel", "8 results"],
  ["allergy", "Latex", "contact dermatitis · mild"],
];

const makeTimeline = (index: number): TimelineRowDto[] =>
  Array.from({ length: index === 1 ? 1240 : 64 }, (_, at) => {
    const [kind, title, detail] = TIMELINE[at % TIMELINE.length] ?? ["other", "", ""];
    const when = new Date(Date.parse("2026-11-22T13:50:00+03:00") - at * 86_400_000 * 3.4);
    const unreadable = at === 17;
    return {
      reference: `Observation/t${at}`,
      others: [],
      kind,
      at: when.toISOString(),
      title: unreadable ? { kind: "untitled", resourceType: "Observation" } : { kind: "recorded", text: title },
      detail: unreadable || detail === "" ? null : { kind: "text", text: detail },
      recorded: at === 6 ? `${detail}0271828182845` : null,
      unreadable,
      marks: at === 5 ? [{ kind: "entered_in_error" }] : [],
      mayMarkEnteredInError: at === 1,
      corrected:
        at === 5 ? { who: "Amara Okafor", when: when.toISOString(), why: "typing mistake", mayUndo: false } : null,
      record: at < 2 ? "pending" : "synced",
    };
  });

/** The chart of one invented patient. */
export function makeChart(row: PatientRowDto, empty: boolean, partial = false): FakeChart {
  const index = Number(row.patient.slice(1));
  const child = row.age?.includes("mo") ?? false;
  const rich = !empty && !child;
  const notes = empty ? [] : makeNotes(index);
  const results = rich ? makeResults() : [];
  const allergies = allergiesOf(partial ? 7 : empty ? 3 : index);
  return {
    chart: {
      banner: {
        patient: row.patient,
        family: row.family,
        given: row.given,
        preferred: index === 1 ? "Mafe" : null,
        initials: `${row.given?.charAt(0) ?? ""}${row.family?.charAt(0) ?? ""}`,
        birthDate: row.birthDate,
        age: row.age,
        sex: row.sex,
        numberLabel: "Clinic no.",
        number: row.number,
        phone: row.phone,
        language: index === 1 ? "Spanish" : null,
        needsInterpreter: false,
        deceased: row.deceased,
        died: row.died,
        inactive: row.inactive,
        replacedBy: row.replaced ? [{ patient: "p1", name: "GONZÁLEZ, María Fernanda" }] : [],
        replaces: [],
        marks: [],
        unnamed: row.unnamed,
        nameUse: null,
        otherNames: [],
        flags: row.alert
          ? [{ text: "Falls risk", category: "safety", categories: ["Safety"], until: null, marks: [] }]
          : [],
        doNot:
          index === 4
            ? [
                {
                  reference: "ServiceRequest/dn1",
                  kind: "perform",
                  text: "Cardiopulmonary resuscitation",
                  at: "2026-11-01",
                  marks: [],
                },
              ]
            : [],
        allergies: bannerAllergies(allergies),
        alert: false,
        address: "Kondele Road 12, Kisumu",
      },
      tabs: [
        "summary",
        "timeline",
        "notes",
        "results",
        "vitals",
        "medicines",
        "problems",
        "allergies",
        "immunisations",
        "visits",
        "reports",
        "orders",
        "procedures",
        "care_plans",
        "devices",
        "family_history",
        "other",
      ],
      counts: [],
      cut: [],
      allergies,
      problems: rich ? PROBLEMS : [],
      medicines: rich ? MEDICINES : [],
      vitals: rich ? makeSeries() : [],
      results: results.slice(0, 4),
      lastNote: notes[0] ?? null,
      immunisations: empty ? [] : IMMUNISATIONS,
      correctable: rich ? [{ reference: "Condition/pr4", mayMark: true, corrected: null }] : [],
      completeness: {
        asOf: "2026-11-22T08:40:00+03:00",
        missing: index === 1 && !empty ? ["DiagnosticReport"] : [],
        unavailable: index === 1 && !empty ? ["Flag"] : [],
        failed: [],
        partial,
      },
      unreadable: index === 1 && !empty ? [{ resourceType: "Observation", count: 1 }] : [],
      drafts: [],
    },
    timeline: empty ? [] : makeTimeline(index),
    results,
    notes,
  };
}

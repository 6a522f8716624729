import type { PatientRowDto, SafetyDto, VitalsTodayDto, WorklistNameDto, WorkReasonDto, WorkRowDto } from "../bindings";
import { type FakeState, refuse } from "./fake-state";
import type { HandlersOf } from "./handlers";

type HandledCommands = "search_patients" | "worklist" | "check_in";

const fold = (text: string) =>
  text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();

type Wait = [
  at: number,
  minutes: number | null,
  reason: string,
  safety: SafetyDto,
  vitals: VitalsTodayDto | null,
  news2: number | null,
  who: string,
];

const known = (substance: string, manifestation: string, more = 0): SafetyDto => ({
  state: "known",
  substance,
  reaction: { manifestations: [manifestation], severity: null, highRisk: false },
  more,
  incomplete: false,
});
const NONE_KNOWN: SafetyDto = { state: "none_known" };
const DUE: VitalsTodayDto = { state: "due" };
const takenAt = (at: string): VitalsTodayDto => ({ state: "taken", at });

const WAITING: Wait[] = [
  [0, 48, "Follow-up, hypertension", known("Penicillin", "anaphylaxis"), DUE, null, ""],
  [1, 31, "Immunisation, 15 months", NONE_KNOWN, DUE, null, ""],
  [
    2,
    22,
    "Antenatal visit, 28 weeks",
    { state: "not_recorded" },
    takenAt("2026-11-22T13:51:00+03:00"),
    null,
    "Dr Mbeki",
  ],
  [3, 15, "Cough, 3 days", known("Sulfonamides", "rash", 2), takenAt("2026-11-22T13:58:00+03:00"), 6, "Dr Mbeki"],
  [4, 9, "Wound dressing", NONE_KNOWN, takenAt("2026-11-22T14:01:00+03:00"), null, ""],
  [5, 6, "Family planning", NONE_KNOWN, DUE, null, ""],
  [7, 2, "Repeat prescription", NONE_KNOWN, DUE, null, ""],
];

const REASONS: Record<"dispensing" | "specimens" | "charges", WorkReasonDto> = {
  dispensing: { kind: "to_dispense", count: 2 },
  specimens: { kind: "recorded", text: "Basic metabolic panel" },
  charges: { kind: "visit_to_review" },
};

const COUNTED: readonly WorklistNameDto[] = [
  "queue",
  "vitals_due",
  "my_patients",
  "today",
  "dispensing",
  "specimens",
  "charges",
];

const workRow = (patient: PatientRowDto, at: number, wait: Wait, arrived: boolean, clinical: boolean): WorkRowDto => ({
  patient,
  appointment: `ap${at + 1}`,
  booked: new Date(Date.parse("2026-11-22T13:00:00+03:00") + at * 900_000).toISOString(),
  status: arrived ? "arrived" : "booked",
  waitingMinutes: arrived ? wait[1] : null,
  reason: { kind: "recorded", text: clinical ? wait[2] : "Routine appointment" },
  safety: clinical ? wait[3] : null,
  vitals: clinical ? wait[4] : null,
  news2: clinical ? wait[5] : null,
  with: wait[6] === "" ? [] : [wait[6]],
});

/** Search and worklists. */
export function listHandlers(state: FakeState): HandlersOf<HandledCommands> {
  const rowsOf = (list: WorklistNameDto): WorkRowDto[] => {
    if (state.options.empty || state.options.partial) return [];
    const clinical = state.session?.permissions.includes("read_allergies") ?? false;
    const rows = WAITING.flatMap((wait, at) => {
      const patient = state.patients[wait[0]];
      return patient === undefined ? [] : [workRow(patient, at, wait, state.arrived.has(`ap${at + 1}`), clinical)];
    });
    if (list === "today") {
      const later = state.patients.slice(12, 24).map((patient, at): WorkRowDto => {
        const id = at + 7;
        const wait: Wait = [
          0,
          1,
          at % 2 === 0 ? "Follow-up" : "New visit",
          NONE_KNOWN,
          null,
          null,
          at % 3 === 0 ? "Dr Mbeki" : "",
        ];
        return {
          ...workRow(patient, id, wait, state.arrived.has(`ap${id + 1}`), false),
          status: at === 5 ? "cancelled" : state.arrived.has(`ap${id + 1}`) ? "arrived" : "booked",
        };
      });
      return [...rows, ...later];
    }
    if (list === "vitals_due") return rows.filter((row) => row.vitals?.state === "due");
    if (list === "my_patients")
      return state.patients.slice(0, 40).map((patient, at) => ({
        ...workRow(patient, at, [0, null, "Follow-up", NONE_KNOWN, null, null, "Dr Mbeki"], false, clinical),
        appointment: null,
        status: null,
      }));
    if (list === "dispensing" || list === "specimens" || list === "charges")
      return rows.map((row) => ({ ...row, waitingMinutes: null, reason: REASONS[list] }));
    return rows;
  };
  const count = (list: WorklistNameDto) => ({ list, count: rowsOf(list).length });
  return {
    search_patients: ({ query, offset, limit }) => {
      const words = fold(query)
        .split(/\s+/)
        .filter((word) => word !== "");
      const found = state.patients
        .filter((row) =>
          words.every((word) =>
            fold(`${row.family} ${row.given} ${row.number} ${row.birthDate} ${row.phone}`).includes(word),
          ),
        )
        .map((row) => ({ ...row, openedToday: state.opened.has(row.patient) }))
        .sort((a, b) => Number(b.openedToday) - Number(a.openedToday));
      const unusable = query.trim() !== "" && !/[\p{L}\p{N}]/u.test(query);
      // One name stands for those that differ in a letter.
      const similar = query === "gonzáles" ? state.patients.filter((row) => row.family === "GONSALVES") : [];
      const rows = unusable ? [] : [...found, ...similar];
      return {
        rows: rows.slice(offset, offset + limit),
        total: rows.length,
        exact: rows.length - similar.length,
        unusable,
        more: false,
        incomplete: (state.options.partial || state.options.damaged) ?? false,
      };
    },
    worklist: ({ list, offset, limit }) => {
      const rows = rowsOf(list);
      return {
        rows: rows.slice(offset, offset + limit),
        total: rows.length,
        counts: COUNTED.map(count).concat({ list: "drafts", count: state.drafts.length }),
        downloading: false,
        missing: state.options.partial ? ["Observation"] : [],
      };
    },
    check_in: ({ appointment, arrived }) => {
      if (state.session === null) return refuse("locked");
      if (arrived) state.arrived.add(appointment);
      else state.arrived.delete(appointment);
      state.changeSet += 1;
      state.pending += 1;
      return { changeSet: state.changeSet, resources: [`Appointment/${appointment}`], visitStarted: arrived };
    },
  };
}

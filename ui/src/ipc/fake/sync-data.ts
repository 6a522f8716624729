import type {
  ConflictDto,
  ConflictFieldDto,
  ConflictPartDto,
  SyncItemDto,
  SyncItemStateDto,
  SyncPageDto,
  SyncStatusDto,
} from "../bindings";
import { type FakeState, openFakeChart } from "./fake-state";

/** The sync chip for the current counts. */
export function chipOf(
  state: Pick<FakeState, "pending" | "rejected" | "conflicts" | "running" | "signInEnded" | "options">,
): SyncStatusDto {
  return {
    state: state.running ? "running" : state.signInEnded ? "sign_in" : state.options.offline ? "offline" : "idle",
    complete: state.options.empty ? null : "2026-11-22T08:40:00+03:00",
    pending: state.pending,
    failed: state.rejected,
    conflicts: state.conflicts,
  };
}

const TYPES: [string, number][] = [
  ["Patient", 500],
  ["AllergyIntolerance", 312],
  ["Condition", 8_204],
  ["MedicationRequest", 11_467],
  ["Observation", 62_880],
  ["DiagnosticReport", 0],
  ["Encounter", 9_114],
  ["Immunization", 3_280],
];

const item = (
  changeSet: number,
  state: SyncItemStateDto,
  kinds: string[],
  overrides: Partial<SyncItemDto> = {},
): SyncItemDto => ({
  changeSet,
  state,
  author: "Amara Okafor",
  saved: "2026-11-22T13:52:00+03:00",
  kinds,
  patient: "p1",
  patientName: "Wanjiru, Grace",
  reason: null,
  rejected: [],
  waitsFor: null,
  conflict: null,
  ...overrides,
});

/** The sync page. */
export function pageOf(state: FakeState): SyncPageDto {
  const items = [
    ...(state.conflicts > 0
      ? [
          item(37, "conflict", ["Medicine: enalapril"], {
            author: "Dr Jonas Mbeki",
            saved: "2026-11-22T13:40:00+03:00",
            conflict: "c1",
          }),
        ]
      : []),
    ...(state.rejected > 0
      ? [
          item(35, "rejected", ["Note"], {
            reason: "The server does not know this practitioner.",
            rejected: [
              {
                reference: "Composition/n1",
                kind: "Composition",
                words: "The server does not know this practitioner.",
                fields: ["Composition.author"],
              },
            ],
          }),
        ]
      : []),
    ...Array.from({ length: state.pending }, (_, at) =>
      item(39 + at, at === 2 ? "waits_for_rank" : "pending", at === 0 ? ["Vitals", "visit"] : ["Note"], {
        waitsFor: at === 0 ? { cause: "not_offered", status: 404 } : null,
      }),
    ),
  ];
  return {
    chip: chipOf(state),
    progress: state.running ? { phase: "pull", resourceType: "Observation", done: 41_200, expected: 62_880 } : null,
    types: state.options.empty
      ? []
      : TYPES.map(([resourceType, count]) => ({
          resourceType,
          count,
          complete: count === 0 ? null : "2026-11-22T08:40:00+03:00",
          compared: resourceType === "Patient" ? "2026-11-22T02:10:00+03:00" : null,
          state: count === 0 ? "failed" : "complete",
          status: count === 0 ? 500 : null,
        })),
    items,
    bytesUp: 5_914,
    bytesDown: 18_220,
    server: "https://fhir.kisumu-north.example",
    auditPending: 96,
    stopped: null,
    linksElsewhere: null,
  };
}

const part = (text: string, key: string | null = null, name: string | null = null): ConflictPartDto => ({
  key,
  name,
  value: { kind: "text", text },
});

/** A blood pressure that two users corrected. */
const pressureOf = (known: ConflictDto): ConflictDto => {
  const cuff = (size: string) => part(size, null, "Cuff size");
  const values = (systolic: string, size: string) => [
    part(`${systolic} mmHg`, "systolic", "Systolic blood pressure"),
    part("98 mmHg", "diastolic", "Diastolic blood pressure"),
    cuff(size),
  ];
  const taken = (at: string): ConflictPartDto[] => [{ key: null, name: null, value: { kind: "time", at } }];
  return {
    ...known,
    reference: "Observation/bp1",
    title: { kind: "recorded", text: "Blood pressure" },
    fields: [
      {
        path: "component",
        label: "Component",
        base: values("126", "adult"),
        ours: values("162", "adult"),
        theirs: values("162", "large"),
        chosen: null,
      },
      {
        path: "effective[x]",
        label: "Effective",
        base: taken("2026-11-22T13:30:00+03:00"),
        ours: taken("2026-11-22T13:40:00+03:00"),
        theirs: taken("2026-11-22T13:30:00+03:00"),
        chosen: "ours",
      },
    ],
  };
};

/** A medicine that was changed here and deleted on the server. */
const deletedOf = (known: ConflictDto): ConflictDto => ({
  ...known,
  theirsWho: null,
  theirsWhen: null,
  theirsDeleted: true,
  fields: [
    {
      path: "record",
      label: "Record",
      base: [],
      ours: [part("enalapril 20 mg once a day")],
      theirs: [{ key: null, name: null, value: { kind: "deleted" } }],
      chosen: null,
    },
  ],
});

/** A medicine that two users changed. */
export function conflictOf(state: FakeState, conflict: string): ConflictDto {
  const field = (path: string, label: string, base: string, ours: string, theirs: string): ConflictFieldDto => ({
    path,
    label,
    base: [part(base)],
    ours: [part(ours)],
    theirs: [part(theirs)],
    chosen: null,
  });
  const both: ConflictDto = {
    conflict,
    banner: openFakeChart(state, "p1").chart.banner,
    reference: "MedicationRequest/md3",
    title: { kind: "recorded", text: "enalapril" },
    baseWhen: "2026-11-20T16:02:00+03:00",
    oursWho: "Dr Jonas Mbeki",
    oursWhen: "2026-11-22T13:40:00+03:00",
    theirsWho: "Dr S. Achieng",
    theirsWhen: "2026-11-22T11:15:00+03:00",
    theirsDeleted: false,
    fields: [
      field("dosageInstruction[0].doseAndRate", "Dose", "10 mg", "20 mg", "10 mg"),
      field("dosageInstruction[0].timing", "Frequency", "once a day", "once a day", "once a day"),
      field("status", "Status", "active", "active", "stopped — cough"),
    ],
  };
  if (conflict === "c3") return pressureOf(both);
  return conflict === "c2" ? deletedOf(both) : both;
}

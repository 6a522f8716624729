import type { DraftDto, EnrolStateDto, FailureDto, LockUserDto, ReturnPointDto, Role, SessionDto } from "../bindings";
import type { EventName, Events } from "../commands";
import { makeChart } from "./charts";
import type { FakeOptions } from "./fake-options";
import { makePatients } from "./patients";
import { PERMISSIONS, STAFF } from "./staff";

/** The mutable state of the fake backend. */
export interface FakeState {
  options: FakeOptions;
  emit: <K extends EventName>(event: K, payload: Events[K]) => void;
  users: LockUserDto[];
  session: SessionDto | null;
  enrol: EnrolStateDto;
  patients: ReturnType<typeof makePatients>;
  charts: Map<string, ReturnType<typeof makeChart>>;
  opened: Set<string>;
  drafts: DraftDto[];
  resume: ReturnPointDto | null;
  attempts: number;
  /** Sequences of the alerts that were signed off. */
  signedOff: number[];
  changeSet: number;
  pending: number;
  conflicts: number;
  rejected: number;
  running: boolean;
  signInEnded: boolean;
  arrived: Set<string>;
}

/** The initial state: an open session if a role is given, otherwise the lock screen. */
export function makeFakeState(options: FakeOptions, emit: FakeState["emit"]): FakeState {
  const state: FakeState = {
    options,
    emit,
    users: options.lock?.users ?? STAFF.slice(0, 3),
    session: null,
    enrol: { step: "idle", server: "https://fhir.kisumu-north.example/r4", workstation: null },
    patients: makePatients(),
    charts: new Map(),
    opened: new Set(["p1", "p4"]),
    drafts: [],
    resume: options.resume ?? null,
    attempts: 5,
    signedOff: [],
    changeSet: 41,
    pending: options.empty ? 0 : 3,
    conflicts: options.empty ? 0 : 1,
    rejected: options.empty ? 0 : 1,
    running: false,
    signInEnded: options.signInEnded ?? false,
    arrived: new Set(["ap1", "ap2", "ap3", "ap4", "ap5", "ap6", "ap7"]),
  };
  if (options.role !== undefined) state.session = makeSession(state, options.role);
  return state;
}

/** The session of the user with `role`. */
export function makeSession(state: FakeState, role: Role): SessionDto {
  const person = STAFF.find((user) => user.role === role) ?? STAFF[0];
  return {
    user: person?.user ?? "",
    name: person?.name ?? "",
    role,
    site: "Kisumu North Health Centre",
    workstation: "Room 3 workstation",
    permissions: PERMISSIONS[role],
    lockSeconds: 300,
    warningSeconds: 60,
    demo: state.options.demo ?? true,
    waitingForGrant: state.options.waitingForGrant ?? false,
    notices: state.options.partial
      ? [
          {
            kind: "segment",
            segment: "clinical",
            health: "rebuilding",
            since: "2026-11-22T08:40:00+03:00",
            kept: "clinical.db.damaged-1795338000",
          },
          { kind: "unsent_carried_over", segment: "clinical", verified: 2, unverified: 1, lost: 0, incomplete: false },
          { kind: "personal_replaced", kept: "amara.db.damaged-1795338000" },
        ]
      : role === "physician"
        ? [{ kind: "granted", name: "Leila Patel", role: "front-desk", segment: "directory" }]
        : [],
    singleKeys: true,
    resume: state.resume,
  };
}

/** Rejects the call with a failure, as Rust does. */
export function refuse(code: FailureDto["code"], overrides: Partial<FailureDto> = {}): never {
  throw {
    code,
    incident: "7f3a-19c2",
    waitSeconds: null,
    attemptsLeft: null,
    fields: [],
    replacedBy: [],
    ...overrides,
  } satisfies FailureDto;
}

/** The chart of a patient, made on first use. */
export function openFakeChart(state: FakeState, patient: string) {
  const row = state.patients.find((candidate) => candidate.patient === patient);
  if (row === undefined) return refuse("not_available");
  const { empty = false, partial = false } = state.options;
  const chart = state.charts.get(patient) ?? makeChart(row, empty || partial, partial);
  state.charts.set(patient, chart);
  return chart;
}

import type { LockUserDto, PermissionDto, Role } from "../bindings";

/** The current time of the fake clinic. */
export const FAKE_NOW = "2026-11-22T14:07:12+03:00";

/** The password and code that the fake accepts. */
export const FAKE_PASSWORD = "four quiet goats";
export const FAKE_CODE = "407115";

const person = (user: string, name: string, initials: string, role: Role): LockUserDto => ({
  user,
  name,
  initials,
  role,
  resume: false,
  state: "ready",
  waitSeconds: 0,
  codeSeconds: 0,
  asksPhoneTime: false,
});

/** One person per role. */
export const STAFF: readonly LockUserDto[] = [
  person("a0", "Amara Okafor", "AO", "nurse"),
  person("a1", "Dr Jonas Mbeki", "JM", "physician"),
  person("a2", "Leila Patel", "LP", "front-desk"),
  person("a3", "Tomás Rivera", "TR", "pharmacist"),
  person("a4", "Grace Wanjiru", "GW", "laboratory"),
  person("a5", "Samuel Boateng", "SB", "billing"),
  person("a6", "Ruth Lindqvist", "RL", "privacy-officer"),
  person("a7", "Kofi Mensah", "KM", "it-administrator"),
];

const CLINICAL: readonly PermissionDto[] = [
  "search_patients",
  "open_patient",
  "open_chart",
  "read_immunisations",
  "read_problems",
  "read_allergies",
  "run_sync",
];

const CHART_WORK: PermissionDto[] = [
  ...CLINICAL,
  "read_notes",
  "read_results",
  "read_medicines",
  "read_vitals",
  "record_vitals",
  "write_note",
  "sign_note",
  "mark_entered_in_error",
  "resolve_conflict",
  "view_worklist",
];

/** The permissions of each role in the fake. */
export const PERMISSIONS: Record<Role, PermissionDto[]> = {
  physician: CHART_WORK,
  nurse: CHART_WORK,
  pharmacist: [...CLINICAL, "read_medicines", "read_results", "view_worklist"],
  laboratory: ["search_patients", "open_patient", "open_chart", "read_results", "run_sync", "view_worklist"],
  "front-desk": ["search_patients", "open_patient", "open_chart", "check_in", "run_sync", "view_worklist"],
  billing: ["search_patients", "open_patient", "open_chart", "read_problems", "run_sync", "view_worklist"],
  "privacy-officer": ["read_audit", "sign_off_alert", "unmask"],
  "it-administrator": ["read_device", "run_sync", "sign_off_alert"],
};

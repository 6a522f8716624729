import type { LockUserDto } from "../ipc/bindings";
import { makeFailure } from "../ipc/fake/fake-ipc";
import type { FakeOptions } from "../ipc/fake/fake-options";
import { STAFF } from "../ipc/fake/staff";

/** One screen in one state. */
export interface Scene {
  name: string;
  options: FakeOptions;
  route?: string;
}

const usersWithFirst = (overrides: Partial<LockUserDto>) =>
  STAFF.slice(0, 3).map((user, index) => (index === 0 ? { ...user, ...overrides } : user));

/** Every screen that is checked for accessibility and can be opened from the gallery. */
export const SCENES: readonly Scene[] = [
  { name: "lock", options: {} },
  { name: "lock-first-run", options: { lock: { users: [], site: "", workstation: "", lastUser: null } } },
  { name: "lock-resume", options: { lock: { users: usersWithFirst({ resume: true }) } } },
  { name: "lock-held", options: { lock: { users: usersWithFirst({ state: "held" }) } } },
  { name: "lock-throttled", options: { lock: { users: usersWithFirst({ waitSeconds: 30 }) } } },
  { name: "lock-code-used", options: { lock: { users: usersWithFirst({ codeSeconds: 21 }) } } },
  { name: "lock-clock", options: { lock: { clockWrong: true, now: "2020-01-01T00:03:00+03:00" } } },
  { name: "lock-keychain", options: { lock: { keychain: "locked" } } },
  { name: "lock-key-missing", options: { lock: { keychain: "key_missing" } } },
  { name: "lock-damaged", options: { lock: { blocked: "store_damaged", incident: "7f3a-19c2" } } },
  { name: "lock-newer", options: { lock: { blocked: "store_newer" } } },
  { name: "lock-in-use", options: { lock: { blocked: "profile_in_use" } } },
  { name: "lock-eight", options: { lock: { users: [...STAFF] } } },
  { name: "queue", options: { role: "nurse" }, route: "/list/queue" },
  { name: "queue-empty", options: { role: "nurse", empty: true }, route: "/list/queue" },
  {
    name: "queue-error",
    options: { role: "nurse", failing: { worklist: makeFailure("store_damaged") } },
    route: "/list/queue",
  },
  { name: "vitals-due", options: { role: "nurse" }, route: "/list/vitals_due" },
  { name: "my-patients", options: { role: "physician" }, route: "/list/my_patients" },
  { name: "drafts", options: { role: "physician" }, route: "/drafts" },
  { name: "today", options: { role: "front-desk" }, route: "/list/today" },
  { name: "dispensing", options: { role: "pharmacist" }, route: "/list/dispensing" },
  { name: "specimens", options: { role: "laboratory" }, route: "/list/specimens" },
  { name: "charges", options: { role: "billing" }, route: "/list/charges" },
  { name: "waiting-for-grant", options: { role: "nurse", waitingForGrant: true } },
  { name: "search", options: { role: "nurse" }, route: "/search?q=gon" },
  { name: "search-all", options: { role: "nurse" }, route: "/search" },
  { name: "search-empty", options: { role: "nurse" }, route: "/search?q=xxxx" },
  { name: "chart", options: { role: "nurse", offline: true }, route: "/chart/p1/summary" },
  { name: "sign-in-ended", options: { role: "nurse", signInEnded: true }, route: "/list/queue" },
  { name: "chart-vitals-form", options: { role: "nurse", offline: true }, route: "/chart/p1/summary?pane=vitals" },
  { name: "chart-note-form", options: { role: "physician" }, route: "/chart/p1/summary?pane=note" },
  { name: "chart-child", options: { role: "nurse" }, route: "/chart/p2/summary" },
  { name: "chart-not-recorded", options: { role: "nurse" }, route: "/chart/p3/summary" },
  { name: "chart-unavailable", options: { role: "nurse" }, route: "/chart/p7/summary" },
  { name: "chart-incomplete", options: { role: "nurse" }, route: "/chart/p4/summary" },
  { name: "chart-empty", options: { role: "nurse", empty: true }, route: "/chart/p1/summary" },
  { name: "chart-partial", options: { role: "nurse", partial: true }, route: "/chart/p1/summary" },
  { name: "list-partial", options: { role: "nurse", partial: true }, route: "/list/vitals_due" },
  { name: "search-partial", options: { role: "nurse", partial: true }, route: "/search?q=xxxx" },
  {
    name: "chart-error",
    options: { role: "nurse", failing: { open_chart: makeFailure("store_damaged") } },
    route: "/chart/p1/summary",
  },
  { name: "chart-front-desk", options: { role: "front-desk" }, route: "/chart/p1/summary" },
  { name: "chart-pharmacist", options: { role: "pharmacist" }, route: "/chart/p1/summary" },
  { name: "timeline", options: { role: "nurse" }, route: "/chart/p1/timeline" },
  { name: "notes", options: { role: "nurse" }, route: "/chart/p1/notes" },
  { name: "results", options: { role: "nurse" }, route: "/chart/p1/results" },
  { name: "vitals", options: { role: "nurse" }, route: "/chart/p1/vitals" },
  { name: "medicines", options: { role: "nurse" }, route: "/chart/p1/medicines" },
  { name: "problems", options: { role: "nurse" }, route: "/chart/p1/problems" },
  { name: "allergies", options: { role: "nurse" }, route: "/chart/p1/allergies" },
  { name: "immunisations", options: { role: "nurse" }, route: "/chart/p1/immunisations" },
  { name: "sync", options: { role: "nurse" }, route: "/sync" },
  { name: "sync-empty", options: { role: "nurse", empty: true }, route: "/sync" },
  { name: "sync-offline", options: { role: "nurse", offline: true }, route: "/sync" },
  { name: "conflict", options: { role: "physician" }, route: "/conflict/c1" },
  { name: "conflict-panel", options: { role: "physician" }, route: "/conflict/c3" },
  { name: "conflict-deleted", options: { role: "physician" }, route: "/conflict/c2" },
  { name: "audit", options: { role: "privacy-officer" }, route: "/audit" },
  { name: "audit-empty", options: { role: "privacy-officer", empty: true }, route: "/audit" },
  { name: "device", options: { role: "it-administrator" }, route: "/device" },
];

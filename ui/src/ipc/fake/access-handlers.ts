import type { AuditRowDto, EventClass } from "../bindings";
import { type FakeState, makeSession, refuse } from "./fake-state";
import type { HandlersOf } from "./handlers";
import { FAKE_CODE, FAKE_NOW, FAKE_PASSWORD, STAFF } from "./staff";
import { chipOf } from "./sync-data";

type HandledCommands =
  | "lock_screen"
  | "unlock"
  | "session"
  | "lock"
  | "touch"
  | "text_size"
  | "set_text_size"
  | "set_single_keys"
  | "keep_place"
  | "device"
  | "audit_events"
  | "sign_off_alerts"
  | "unmask";

const EVENT_CLASSES: readonly EventClass[] = [
  "chart_read",
  "unlock",
  "search",
  "create",
  "unlock_failed",
  "sync",
  "note_signed",
  "lock",
];

/** The sequence of the only open alert. */
const ALERT_SEQUENCE = 18_241;

/** Lock, unlock, device and audit. */
export function accessHandlers(state: FakeState): HandlersOf<HandledCommands> {
  let percent = 100;
  const sizes = [80, 90, 100, 110, 125, 140, 150, 175, 200];
  return {
    text_size: () => ({ percent, sizes }),
    set_single_keys: () => null,
    set_text_size: (request) => {
      percent = request.percent;
      return { percent, sizes };
    },
    lock_screen: () => ({
      workstation: "Room 3 workstation",
      site: "Kisumu North Health Centre",
      now: FAKE_NOW,
      lastUser: state.users[0]?.user ?? null,
      keychain: "ready",
      sync: chipOf({ ...state, conflicts: 0, rejected: 0, options: { ...state.options, offline: true } }),
      demo: state.options.demo ?? true,
      lockMinutes: 5,
      draftsKept: true,
      blocked: null,
      incident: "",
      clockWrong: false,
      ...state.options.lock,
      users: state.users,
    }),
    unlock: ({ user, password, code }) => {
      const person = state.users.find((candidate) => candidate.user === user);
      if (person === undefined) return refuse("not_enrolled");
      if (code === "000000") return refuse("code_used", { waitSeconds: 12 });
      if (password !== FAKE_PASSWORD || (code === null ? !person.resume : code !== FAKE_CODE)) {
        state.attempts -= 1;
        if (state.attempts <= 0) return refuse("throttled", { waitSeconds: 30 });
        return refuse("unlock_refused", { attemptsLeft: state.attempts });
      }
      state.session = makeSession(state, person.role);
      return state.session;
    },
    session: () => state.session ?? refuse("locked"),
    lock: () => {
      const role = state.session?.role;
      state.session = null;
      state.users = state.users.map((user) => ({ ...user, resume: user.role === role }));
      state.emit("locking", { cause: "user" });
      state.options.onProcessReplaced?.();
      return null;
    },
    touch: () => null,
    keep_place: (point) => {
      state.resume = point;
      return null;
    },
    device: () => ({
      versions: [
        { name: "Chartkeep", value: "0.1.0" },
        { name: "SQLCipher", value: "4.19.0" },
        { name: "SQLite", value: "3.53.4" },
        { name: "libcrypto", value: "OpenSSL 3.0.17" },
        { name: "WebKitGTK", value: "2.50.6" },
      ],
      keychain: "ready",
      slots: STAFF.length,
      segments: [
        { name: "directory", bytes: 1_204_224, generation: 1, state: "ok" },
        { name: "encounters", bytes: 4_096_000, generation: 1, state: "ok" },
        { name: "clinical", bytes: 28_311_552, generation: 1, state: "ok" },
        { name: "restricted", bytes: 0, generation: 1, state: "locked" },
      ],
      ledgerEvents: 18_244,
      ledgerPending: 96,
      findings: ["swap_unencrypted"],
      site: "Kisumu North Health Centre",
      name: "Room 3 workstation",
      server: "fhir.kisumu-north.example",
      policy: [
        { name: "lock_minutes", value: "5" },
        { name: "resume_minutes", value: "60" },
        { name: "lease_days", value: "30" },
      ],
    }),
    audit_events: ({ offset, limit, class: only, openAlerts, before }) => {
      const isOpen = (sequence: number) => sequence === ALERT_SEQUENCE && !state.signedOff.includes(sequence);
      const all = state.options.empty
        ? []
        : Array.from({ length: 640 }, (_, index): AuditRowDto => {
            const alert = 18_244 - index === ALERT_SEQUENCE;
            const kind = alert ? "integrity_finding" : (EVENT_CLASSES[index % EVENT_CLASSES.length] ?? "sync");
            const namesPatient = kind === "chart_read" || kind === "create" || kind === "note_signed";
            return {
              sequence: 18_244 - index,
              recorded: new Date(Date.parse(FAKE_NOW) - index * 417_000).toISOString(),
              happened: index === 13 ? new Date(Date.parse(FAKE_NOW) - 7_200_000).toISOString() : null,
              class: kind,
              outcome: alert ? "serious" : kind === "unlock_failed" ? "minor" : "success",
              actor: kind === "sync" || alert ? null : (STAFF[index % 3]?.name ?? null),
              role: kind === "sync" || alert ? null : (STAFF[index % 3]?.role ?? null),
              patients: namesPatient ? (index % 16 === 8 ? 3 : 1) : 0,
              cause: alert ? "log_rolled_back" : kind === "lock" && index % 16 === 7 ? "idle" : null,
              // A typed reason may equal the code of a cause.
              reason: kind === "lock" && index % 16 === 15 ? "sleep" : null,
              openAlert: isOpen(18_244 - index),
            };
          }).filter(
            (row) =>
              (only === null || row.class === only) &&
              (!openAlerts || row.openAlert) &&
              (before === null || row.sequence < before),
          );
      return {
        rows: all.slice(offset, offset + limit),
        total: all.length,
        before: before ?? 18_245,
        failedUnlocks: state.options.empty ? 0 : 7,
        openAlerts: state.options.empty || !isOpen(ALERT_SEQUENCE) ? 0 : 1,
      };
    },
    sign_off_alerts: ({ sequences }) => {
      state.signedOff = [...state.signedOff, ...sequences];
      return { sequences };
    },
    unmask: ({ sequence, reason }) =>
      reason.trim() === ""
        ? refuse("invalid", { fields: [{ field: "reason", reason: "missing" }] })
        : (18_244 - sequence) % 16 === 8
          ? { patients: ["GONZÁLEZ, María Fernanda · 03-Feb-1961", "OKELLO, Baraka · 11-Jun-2025"], unknown: 1 }
          : { patients: ["GONZÁLEZ, María Fernanda · 03-Feb-1961"], unknown: 0 },
  };
}

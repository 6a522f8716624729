import type { Role } from "../ipc/bindings";
import type { MessageId } from "../words/words";

/** An entry of the left rail. */
export interface RailItem {
  to: string;
  message: MessageId;
  /** The worklist whose count stands beside it. */
  list?: string;
  /** The permission without which it is not shown; lists of a role's own need none here, Rust decides. */
  needs?: string;
}

const list = (name: string, message: MessageId, needs?: string): RailItem => ({
  to: `/list/${name}`,
  message,
  list: name,
  ...(needs === undefined ? {} : { needs }),
});

const QUEUE = list("queue", "rail.queue", "view_worklist");
const MINE = list("my_patients", "rail.my_patients");
const DRAFTS: RailItem = { to: "/drafts", message: "rail.drafts", list: "drafts", needs: "write_note" };

/** The rail of each role; the first entry is its home. */
const RAILS: Record<Role, RailItem[]> = {
  physician: [MINE, DRAFTS, QUEUE],
  nurse: [QUEUE, list("vitals_due", "rail.vitals_due", "read_vitals"), MINE, DRAFTS],
  "front-desk": [list("today", "rail.today", "view_worklist")],
  pharmacist: [list("dispensing", "rail.dispensing")],
  laboratory: [list("specimens", "rail.specimens")],
  billing: [list("charges", "rail.charges")],
  "privacy-officer": [{ to: "/audit", message: "rail.audit", needs: "read_audit" }],
  "it-administrator": [{ to: "/device", message: "rail.device", needs: "read_device" }],
};

/** What the rail shows to this role. */
export function planRail(role: Role, may: (permission: string) => boolean): RailItem[] {
  return RAILS[role].filter((item) => item.needs === undefined || may(item.needs));
}

/** Where the role begins. */
export function planHome(role: Role, may: (permission: string) => boolean): string {
  return planRail(role, may)[0]?.to ?? "/sync";
}

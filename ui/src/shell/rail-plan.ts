import type { PermissionDto, Role, WorklistNameDto } from "../ipc/bindings";
import type { MessageId } from "../words/words";

/** An entry of the navigation rail. */
export interface RailItem {
  to: string;
  message: MessageId;
  /** The worklist whose count is shown. */
  list?: WorklistNameDto;
  /** The permission needed to show it. A role's own lists have none here, because Rust decides. */
  permission?: PermissionDto;
}

const list = (name: WorklistNameDto, message: MessageId, permission?: PermissionDto): RailItem => ({
  to: `/list/${name}`,
  message,
  list: name,
  ...(permission === undefined ? {} : { permission }),
});

const QUEUE = list("queue", "rail.queue", "view_worklist");
const MINE = list("my_patients", "rail.my_patients");
const DRAFTS: RailItem = { to: "/drafts", message: "rail.drafts", list: "drafts", permission: "write_note" };

/** The rail of each role; the first entry is its home screen. */
const RAILS: Record<Role, RailItem[]> = {
  physician: [MINE, DRAFTS, QUEUE],
  nurse: [QUEUE, list("vitals_due", "rail.vitals_due", "read_vitals"), MINE, DRAFTS],
  "front-desk": [list("today", "rail.today", "view_worklist")],
  pharmacist: [list("dispensing", "rail.dispensing")],
  laboratory: [list("specimens", "rail.specimens")],
  billing: [list("charges", "rail.charges")],
  "privacy-officer": [{ to: "/audit", message: "rail.audit", permission: "read_audit" }],
  "it-administrator": [{ to: "/device", message: "rail.device", permission: "read_device" }],
};

/** The rail entries for this role. */
export function planRail(role: Role, may: (permission: PermissionDto) => boolean): RailItem[] {
  return RAILS[role].filter((item) => item.permission === undefined || may(item.permission));
}

/** The home screen of this role. */
export function planHome(role: Role, may: (permission: PermissionDto) => boolean): string {
  return planRail(role, may)[0]?.to ?? "/sync";
}

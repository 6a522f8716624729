import type { AuditRowDto } from "../ipc/bindings";
import { messageFor, type Say } from "../words/words";

/** What happened; empty for an entry that could not be read. */
export function sayEventClass(say: Say, row: AuditRowDto): string {
  return row.class === null ? "" : say(`audit.class.${row.class}`);
}

/** The cause of an event; a word that this build does not know is shown as it is in the ledger. */
export function sayCause(say: Say, cause: string): string {
  return say(messageFor("audit.cause", cause, "audit.cause.other"), { name: cause });
}

import type { ConflictFieldDto, ConflictPartDto } from "../ipc/bindings";
import { formatDateTime } from "../words/dates";
import { messageFor, type Say } from "../words/words";

/** The clinical name of a field, or its path if it has none. */
export function sayField(say: Say, field: ConflictFieldDto): string {
  const id = messageFor("conflict.field", field.path.replace("[x]", ""), "conflict.field.other");
  return say(id, { name: field.label });
}

/** The values of a field, one per line, or a dash if there is none. */
export function sayParts(say: Say, parts: readonly ConflictPartDto[]): string {
  if (parts.length === 0) return say("conflict.blank");
  return parts.map((part) => sayPart(say, part)).join("\n");
}

function sayPart(say: Say, part: ConflictPartDto): string {
  const value = part.isTime
    ? formatDateTime(part.text)
    : say(messageFor("conflict.value", part.text, "conflict.value.other"), { value: part.text });
  if (part.key === "" && part.name === "") return value;
  const name = say(messageFor("conflict.part", part.key, "conflict.part.other"), { name: part.name });
  return say("conflict.named", { name, value });
}

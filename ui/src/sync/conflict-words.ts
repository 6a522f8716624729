import { sayDosages } from "../chart/dosage-words";
import type { ConflictFieldDto, ConflictPartDto, ConflictValueDto } from "../ipc/bindings";
import { formatDateTime } from "../words/dates";
import { sayRecordTitle } from "../words/record-title";
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
  const value = sayValue(say, part.value);
  if (part.key === null && part.name === null) return value;
  const name = say(messageFor("conflict.part", part.key ?? "", "conflict.part.other"), { name: part.name ?? "" });
  return say("conflict.named", { name, value });
}

function sayValue(say: Say, value: ConflictValueDto): string {
  switch (value.kind) {
    case "text":
      return say(messageFor("conflict.value", value.text, "conflict.value.other"), { value: value.text });
    case "dosages":
      return sayDosages(say, value.dosages);
    case "time":
      return formatDateTime(value.at);
    case "boolean":
      return say(value.value ? "conflict.value.yes" : "conflict.value.no");
    case "elsewhere":
      return say("conflict.elsewhere", { id: value.id });
    case "record":
      return sayRecordTitle(say, value.title);
    case "deleted":
      return say("conflict.deleted.value");
    case "unreadable":
      return say("value.unreadable");
  }
}

import type { RecordTitleDto } from "../ipc/bindings";
import { sayAbsence } from "./allergies";
import { humanise } from "./elements";
import { messageFor, type Say } from "./words";

/** What a record of a FHIR type is called: a word of ours, or else the type's name as words. */
export function sayRecordType(say: Say, resourceType: string): string {
  const id = messageFor("record.type", resourceType, "timeline.other");
  return id === "timeline.other" ? humanise(resourceType) : say(id);
}

/** The title of a record: as recorded, or the word for its kind. */
export function sayRecordTitle(say: Say, title: RecordTitleDto): string {
  switch (title.kind) {
    case "no_allergy":
      return sayAbsence(say, title.absence);
    case "recorded":
      return title.text;
    case "untitled":
      return sayRecordType(say, title.resourceType);
    default:
      return say(`title.${title.kind}`);
  }
}

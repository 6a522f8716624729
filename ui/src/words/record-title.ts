import type { RecordTitleDto } from "../ipc/bindings";
import { sayAbsence } from "./allergies";
import type { Say } from "./words";

/** The title of a record: as recorded, or the word for its kind. */
export function sayRecordTitle(say: Say, title: RecordTitleDto): string {
  switch (title.kind) {
    case "no_allergy":
      return sayAbsence(say, title.absence);
    case "recorded":
      return title.text;
    case "untitled":
      return title.resourceType;
    default:
      return say(`title.${title.kind}`);
  }
}

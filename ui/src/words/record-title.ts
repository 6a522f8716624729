import type { RecordTitleDto } from "../ipc/bindings";
import type { Say } from "./words";

/** The title of a record: as recorded, or the word for its kind. */
export function sayRecordTitle(say: Say, title: RecordTitleDto): string {
  switch (title.kind) {
    case "recorded":
      return title.text;
    case "untitled":
      return title.resourceType;
    default:
      return say(`title.${title.kind}`);
  }
}

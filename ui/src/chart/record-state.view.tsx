import { Chip } from "../components/chip.view";
import type { RecordStateDto } from "../ipc/bindings";
import { useWords } from "../words/words";

/** Marks a record that is not on the server yet. */
export function RecordStateChip({ record }: { record: RecordStateDto }) {
  const say = useWords();
  switch (record) {
    case "synced":
      return null;
    case "pending":
      return <Chip tone="pending">{say("record.pending")}</Chip>;
    case "conflict":
      return <Chip tone="warn">{say("record.conflict")}</Chip>;
    case "rejected":
      return <Chip tone="critical">{say("record.rejected")}</Chip>;
  }
}

import type { MedicineDto } from "../ipc/bindings";
import { useWords } from "../words/words";
import { RecordStateChip } from "./record-state.view";

/** A medicine, written the same everywhere: generic name, strength and form, dose and route. */
export function MedicationLine({ medicine }: { medicine: MedicineDto }) {
  const say = useWords();
  return (
    <>
      <b>{medicine.name ?? say("value.unreadable")}</b> {medicine.product}
      {medicine.dosage === null ? "" : ` — ${medicine.dosage}`} <RecordStateChip record={medicine.record} />
    </>
  );
}

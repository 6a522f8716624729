import type { MedicineDto } from "../ipc/bindings";
import { RecordStateChip } from "./record-state.view";

/** A medicine, written the same everywhere: generic name, strength and form, dose and route. */
export function MedicationLine({ medicine }: { medicine: MedicineDto }) {
  return (
    <>
      <b>{medicine.name}</b> {medicine.product}
      {medicine.dosage === "" ? "" : ` — ${medicine.dosage}`} <RecordStateChip record={medicine.record} />
    </>
  );
}

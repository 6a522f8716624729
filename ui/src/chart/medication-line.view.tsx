import type { MedicineDto } from "../ipc/bindings";
import { RecordMark } from "./record-mark.view";

/** The one way a medicine is written, everywhere: generic name, strength and form, dose and route. */
export function MedicationLine({ medicine }: { medicine: MedicineDto }) {
  return (
    <>
      <b>{medicine.name}</b> {medicine.product}
      {medicine.dosage === "" ? "" : ` — ${medicine.dosage}`} <RecordMark record={medicine.record} />
    </>
  );
}

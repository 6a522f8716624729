import { Chip } from "../components/chip.view";
import type { DosageDto, MedicineDto } from "../ipc/bindings";
import { useWords } from "../words/words";
import css from "./chart.module.css";
import { areSteps, sayDosage } from "./dosage-words";
import { Marks } from "./marks.view";
import { RecordStateChip } from "./record-state.view";

/** A medicine, written the same everywhere: name, strength and form, what changes its meaning, and its dosages. */
export function MedicationLine({ medicine }: { medicine: MedicineDto }) {
  const say = useWords();
  const isInError = medicine.marks.some(({ kind }) => kind === "entered_in_error");
  return (
    <>
      <span className={isInError ? css.inError : undefined}>
        <b>{medicine.name ?? say("medicine.nameless")}</b> {medicine.product}
      </span>{" "}
      <Marks marks={medicine.marks} /> <RecordStateChip record={medicine.record} />
      {medicine.recorded.map((words) => (
        <span key={words} className={css.under}>
          {say("medicine.recorded", { words })}
        </span>
      ))}
      <DosageLines dosages={medicine.dosages} />
    </>
  );
}

/** Dosages, one below the other: the recorded words first, then the parts. */
export function DosageLines({ dosages }: { dosages: readonly DosageDto[] }) {
  const say = useWords();
  const steps = areSteps(dosages);
  return dosages.map((dosage, index) => {
    const line = sayDosage(say, dosage);
    const lead = steps && index > 0 ? `${say("dose.then")} ` : "";
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: dosages have no identity, and their order is their meaning
      <span key={index} className={css.under}>
        {lead}
        {dosage.words === null ? line : <span>“{dosage.words}”</span>}
        {dosage.words === null || line === "" ? null : <span className={css.quiet}> {line}</span>}
        {dosage.instructions.map((text) => (
          <span key={text} className={css.under}>
            {text}
          </span>
        ))}
        {dosage.unread.map(({ element, recorded }) => (
          <Chip key={`${element} ${recorded}`} tone="warn" wrap>
            {say("dose.unread", { element, recorded })}
          </Chip>
        ))}
      </span>
    );
  });
}

import type { PatientRowDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { type Say, useWords } from "../words/words";
import css from "./patient-cell.module.css";

/** FAMILY, Given above the patient number; a long name wraps and is never truncated. */
export function PatientName({ row }: { row: PatientRowDto }) {
  const say = useWords();
  return (
    <>
      <span className={css.name}>
        <b>{row.family ?? say("name.unreadable")}</b>
        {row.given === null ? "" : `, ${row.given}`}
      </span>
      <span className={css.under}>{row.number}</span>
    </>
  );
}

/** `03-Feb-1961 · 65 y · female`, in one line. */
export function sayBornLine(say: Say, row: PatientRowDto): string {
  const sex = say(`sex.short.${row.sex}`);
  const born = row.birthDate === null ? say("born.unknown") : formatDate(row.birthDate);
  return [born, row.age, sex].filter((part) => part !== null).join(" · ");
}

/** Birth date above age · sex; neither is truncated, even in a narrow window. */
export function PatientBorn({ row }: { row: PatientRowDto }) {
  const say = useWords();
  const sex = say(`sex.short.${row.sex}`);
  return (
    <>
      <span className={css.born}>{row.birthDate === null ? say("born.unknown") : formatDate(row.birthDate)}</span>
      <span className={css.under}>{row.age === null ? sex : say("born.age", { age: row.age, sex })}</span>
    </>
  );
}

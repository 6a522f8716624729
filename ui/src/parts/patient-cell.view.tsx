import type { PatientRowDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { messageFor, useWords } from "../words/words";
import css from "./patient-cell.module.css";

/** FAMILY, Given over the number. */
export function PatientName({ row }: { row: PatientRowDto }) {
  return (
    <>
      <span className={css.name} title={`${row.family}, ${row.given}`}>
        <b>{row.family}</b>, {row.given}
      </span>
      <span className={css.number}>{row.number}</span>
    </>
  );
}

/** Born dd-Mmm-yyyy (age) · sex. */
export function PatientBorn({ row }: { row: PatientRowDto }) {
  const say = useWords();
  const sex = say(messageFor("sex.short", row.sex, "sex.short.unknown"));
  if (row.birthDate === "") return <span className={css.quiet}>{say("born.unknown", { sex })}</span>;
  return <>{say("born.line", { date: formatDate(row.birthDate), age: row.age, sex })}</>;
}

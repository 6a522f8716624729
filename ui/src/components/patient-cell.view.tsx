import type { BannerDto, PatientRowDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { type Say, useWords } from "../words/words";
import { Chip } from "./chip.view";
import css from "./patient-cell.module.css";

/** FAMILY of a person, or what is said where there is no name or it could not be read. */
export function sayFamily(say: Say, person: Pick<BannerDto, "family" | "unnamed">): string {
  return person.unnamed ? say("name.not_recorded") : (person.family ?? say("name.unreadable"));
}

/** FAMILY, Given in one line. */
export function sayName(say: Say, person: Pick<BannerDto, "family" | "given" | "unnamed">): string {
  return [sayFamily(say, person), person.given ?? ""].filter((part) => part !== "").join(", ");
}

/** That a person has died, with the date; empty for the living. */
function sayDied(say: Say, person: Pick<BannerDto, "deceased" | "died">): string {
  if (!person.deceased) return "";
  return person.died === null ? say("person.died.undated") : say("person.died", { date: formatDate(person.died) });
}

/** What changes whose record this is: a death, a merge, a record that is no longer in use. */
export function PersonMarks({
  person,
}: {
  person: Pick<PatientRowDto, "deceased" | "died" | "inactive"> & { replaced: boolean };
}) {
  const say = useWords();
  return (
    <>
      {person.deceased ? <Chip tone="critical">{sayDied(say, person)}</Chip> : null}
      {person.replaced ? <Chip tone="warn">{say("person.replaced")}</Chip> : null}
      {person.inactive && !person.replaced ? <Chip tone="warn">{say("person.inactive")}</Chip> : null}
    </>
  );
}

/** FAMILY, Given above the patient number; a long name wraps and is never truncated. */
export function PatientName({ row }: { row: PatientRowDto }) {
  const say = useWords();
  return (
    <>
      <span className={css.name}>
        <bdi>
          <b>{sayFamily(say, row)}</b>
          {row.given === null ? "" : `${row.family === "" ? "" : ", "}${row.given}`}
        </bdi>
      </span>
      <span className={css.under}>
        {row.number} <PersonMarks person={row} />
      </span>
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

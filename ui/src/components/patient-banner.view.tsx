import type { ReactNode } from "react";
import type { BannerDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { type Say, useWords } from "../words/words";
import { Avatar } from "./avatar.view";
import { Chip } from "./chip.view";
import { Facts } from "./facts.view";
import css from "./patient-banner.module.css";
import { PersonMarks, sayName } from "./patient-cell.view";

/** `03-Feb-1961 (65 y)`, or a text saying that the birth date is not known. */
export function sayBorn(say: Say, banner: BannerDto): string {
  if (banner.birthDate === null) return say("banner.born.unknown");
  const date = formatDate(banner.birthDate);
  return banner.age === null ? date : say("banner.born.value", { date, age: banner.age });
}

/** The other names, each with what it is; the preferred one is said first and only once. */
function sayOtherNames(say: Say, banner: BannerDto): string[] {
  const shown = banner.nameUse === null ? [] : [say(`banner.shown_name.${banner.nameUse}`)];
  const preferred = banner.preferred === null ? [] : [say("banner.preferred", { name: banner.preferred })];
  const others = banner.otherNames.filter((other) => other.name !== banner.preferred);
  return [...shown, ...preferred, ...others.map(({ nameUse, name }) => say(`banner.name_use.${nameUse}`, { name }))];
}

/** The preferred language and whether an interpreter is needed; empty if neither is recorded. */
export function sayLanguage(say: Say, banner: BannerDto): string {
  const interpreter = banner.needsInterpreter ? say("banner.interpreter") : "";
  return [banner.language ?? "", interpreter].filter((part) => part !== "").join(", ");
}

/** Who the patient is; shown on every screen about a patient. `marks` are those of the record. */
export function PatientBanner({ banner, marks }: { banner: BannerDto; marks: ReactNode }) {
  const say = useWords();
  const facts: [string, string][] = [
    [say("banner.born"), sayBorn(say, banner)],
    [say("banner.sex"), say(`sex.${banner.sex}`)],
    ...(banner.number === null ? [] : [[banner.numberLabel ?? "", banner.number] as [string, string]]),
    ...(banner.phone === null ? [] : [[say("banner.phone"), banner.phone] as [string, string]]),
  ];
  const replaces = banner.replaces.map(({ name }) =>
    name === null ? say("merged.replaces.unnamed") : say("merged.replaces", { name }),
  );
  const lines = [...sayOtherNames(say, banner), sayLanguage(say, banner), ...replaces];
  return (
    <section className={css.banner} aria-label={say("banner.label")}>
      <Avatar initials={banner.initials} />
      <div>
        <h1 className={css.name}>
          <bdi>{sayName(say, banner)}</bdi>
        </h1>
        <div className={css.sub}>
          {lines.filter((line) => line !== "").join(" · ")}
          <PersonMarks person={{ ...banner, replaced: banner.replacedBy.length > 0 }} />
          {marks}
          {banner.flags.map((flag) => (
            <Chip key={flag} tone="critical">
              {flag}
            </Chip>
          ))}
          {banner.alert ? <Chip tone="critical">{say("banner.alert")}</Chip> : null}
        </div>
      </div>
      <span className={css.space} />
      <Facts facts={facts} className={css.facts} />
    </section>
  );
}

import type { ReactNode } from "react";
import type { AlertCategoryDto, AlertDto, BannerDto, DoNotDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { sayMark } from "../words/marks";
import { type Say, useWords } from "../words/words";
import { AllergyStrip } from "./allergy-strip.view";
import { Avatar } from "./avatar.view";
import { Chip, type Tone } from "./chip.view";
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

/** A language or an address is no alarm; a category that is not known is not made one. */
const TONES: Record<AlertCategoryDto, Tone> = {
  advance_directive: "warn",
  safety: "critical",
  drug: "critical",
  behavioral: "warn",
  infection: "warn",
  clinical: "info",
  lab: "info",
  diet: "info",
  research: "info",
  contact: "grey",
  admin: "grey",
  other: "grey",
};

function sayFlag(say: Say, { text, category, categories, until, marks }: AlertDto): string {
  const name = text ?? say("value.unreadable");
  const recorded = categories.join(", ");
  const label = category === "other" ? recorded : say(`flag.${category}`);
  const flag = label === "" ? name : say("banner.flag", { category: label, text: name });
  const end = until === null ? "" : say("until", { date: formatDate(until) });
  return [flag, end, ...marks.map((mark) => sayMark(say, mark))].filter((part) => part !== "").join(" · ");
}

function sayDoNot(say: Say, { kind, text, marks }: DoNotDto): string {
  const what = text ?? say("value.unreadable");
  const said = say(kind === "perform" ? "banner.do_not" : "banner.do_not_resuscitate", { what });
  return [said, ...marks.map((mark) => sayMark(say, mark))].join(" · ");
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
      <div className={css.identity}>
        <h1 className={css.name}>
          <bdi>{sayName(say, banner)}</bdi>
        </h1>
        <div className={css.sub}>
          {lines.filter((line) => line !== "").join(" · ")}
          <PersonMarks person={{ ...banner, replaced: banner.replacedBy.length > 0 }} />
          {marks}
          {banner.doNot.map((item, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a plan may name several, and the list is never reordered
            <Chip key={at} tone="alert" wrap>
              {sayDoNot(say, item)}
            </Chip>
          ))}
          {banner.flags.map((flag, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two flags may be equal, and the list is never reordered
            <Chip key={at} tone={TONES[flag.category]} wrap>
              {sayFlag(say, flag)}
            </Chip>
          ))}
          {banner.alert ? <Chip tone="critical">{say("banner.alert")}</Chip> : null}
        </div>
      </div>
      <Facts facts={facts} className={css.facts} />
      {banner.allergies === null ? null : <AllergyStrip allergies={banner.allergies} />}
    </section>
  );
}

import type { BannerDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { type Say, useWords } from "../words/words";
import { Avatar } from "./avatar.view";
import { Chip } from "./chip.view";
import { Facts } from "./facts.view";
import css from "./patient-banner.module.css";

/** `03-Feb-1961 (65 y)`, or a text saying that the birth date is not known. */
export function sayBorn(say: Say, banner: BannerDto): string {
  return banner.birthDate === null
    ? say("banner.born.unknown")
    : say("banner.born.value", { date: formatDate(banner.birthDate), age: banner.age ?? "" });
}

/** The preferred language and whether an interpreter is needed; empty if neither is recorded. */
export function sayLanguage(say: Say, banner: BannerDto): string {
  const interpreter = banner.needsInterpreter ? say("banner.interpreter") : "";
  return [banner.language ?? "", interpreter].filter((part) => part !== "").join(", ");
}

/** Who the patient is; shown on every screen about a patient. */
export function PatientBanner({ banner }: { banner: BannerDto }) {
  const say = useWords();
  const facts: [string, string][] = [
    [say("banner.born"), sayBorn(say, banner)],
    [say("banner.sex"), say(`sex.${banner.sex}`)],
    [banner.numberLabel ?? "", banner.number ?? ""],
    ...(banner.phone === null ? [] : [[say("banner.phone"), banner.phone] as [string, string]]),
  ];
  const preferred = banner.preferred === null ? "" : say("banner.preferred", { name: banner.preferred });
  const lines = [preferred, sayLanguage(say, banner)];
  return (
    <section className={css.banner} aria-label={say("banner.label")}>
      <Avatar initials={banner.initials} />
      <div>
        <h1 className={css.name}>
          {banner.family ?? say("name.unreadable")}, {banner.given}
        </h1>
        <div className={css.sub}>
          {lines.filter((line) => line !== "").join(" · ")}
          {banner.deceased ? (
            <Chip tone="grey">{say("banner.deceased", { date: formatDate(banner.died) })}</Chip>
          ) : null}
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

import { Card, CardEmpty, CardRow } from "../components/card.view";
import { Chip } from "../components/chip.view";
import type { AllergiesDto, AllergyDto } from "../ipc/bindings";
import { sayAbsence, sayAllergyKind, sayAllergyState, sayReaction, sayReactionParts } from "../words/allergies";
import { formatDate } from "../words/dates";
import { sayMoment } from "../words/moments";
import { type Say, useWords } from "../words/words";
import { useCut } from "./absence";
import css from "./chart.module.css";
import { Correction } from "./correction.view";
import { CutList } from "./cut-list.view";
import { Marks } from "./marks.view";
import { RecordMenu, useCorrectionOf } from "./record-menu.view";
import { RecordParts } from "./record-parts.view";
import { RecordStateChip } from "./record-state.view";

const absencesOf = ({ statements }: AllergiesDto) =>
  statements.flatMap(({ absence, marks }) =>
    absence === null || absence.class === "no_information" || marks.length > 0 ? [] : [absence],
  );

/** Shows exactly one of five states: known and listed, none or partly none known, not recorded, unavailable. */
export function AllergiesCard({ allergies }: { allergies: AllergiesDto }) {
  const say = useWords();
  const { state, current, statements, incomplete } = allergies;
  const isKnown = state === "known";
  const cut = useCut("allergies");
  return (
    <Card
      title={sayAllergyState(say, { state, none: absencesOf(allergies) })}
      aside={isKnown && !incomplete && cut === undefined ? current.length : undefined}
      tone={isKnown ? "critical" : state === "unavailable" ? "warn" : "plain"}
    >
      {isKnown ? <Rows allergies={current} /> : <CardEmpty>{say(`allergies.${state}.text`)}</CardEmpty>}
      {statements.length === 0 ? null : <Rows allergies={statements} />}
      <CutList tab="allergies" />
      {isKnown && incomplete ? <p className={css.incomplete}>{say("allergies.incomplete")}</p> : null}
    </Card>
  );
}

/** Allergies that are over, and those that were refuted or entered in error: never among the known ones. */
export function OtherAllergiesCards({ allergies }: { allergies: AllergiesDto }) {
  const say = useWords();
  const groups = [
    { title: say("allergies.past"), list: allergies.past, isVoid: false },
    { title: say("allergies.void"), list: allergies.void, isVoid: true },
  ];
  return groups.map(({ title, list, isVoid }) =>
    list.length === 0 ? null : (
      <Card key={title} title={title} aside={list.length}>
        <Rows allergies={list} isVoid={isVoid} />
      </Card>
    ),
  );
}

const referenceOf = ({ id }: AllergyDto) => `AllergyIntolerance/${id}`;

/** The substance, or what a statement says that is recorded in place of one. */
function sayAllergy(say: Say, { substance, absence }: AllergyDto): string {
  return absence === null ? (substance ?? say("value.unreadable")) : sayAbsence(say, absence);
}

function Rows({ allergies, isVoid = false }: { allergies: AllergyDto[]; isVoid?: boolean }) {
  const say = useWords();
  const correctionOf = useCorrectionOf();
  return (
    <ul>
      {allergies.map((allergy) => (
        <CardRow
          key={allergy.id}
          end={allergy.recorded === null ? undefined : say("recorded", { date: formatDate(allergy.recorded) })}
          menu={
            <RecordMenu
              reference={referenceOf(allergy)}
              title={sayAllergy(say, allergy)}
              when={formatDate(allergy.recorded)}
            />
          }
        >
          <span className={isVoid ? css.inError : undefined}>
            {allergy.absence === null ? <b>{sayAllergy(say, allergy)}</b> : sayAllergy(say, allergy)}
          </span>{" "}
          {allergy.absence === null ? <Reaction allergy={allergy} isVoid={isVoid} /> : null}{" "}
          <Marks marks={allergy.marks} /> <RecordStateChip record={allergy.record} />
          <Correction corrected={correctionOf(referenceOf(allergy))} />
          <RecordParts parts={partsOf(say, allergy)} />
        </CardRow>
      ))}
    </ul>
  );
}

function Reaction({ allergy, isVoid }: { allergy: AllergyDto; isVoid: boolean }) {
  const say = useWords();
  const reaction = sayReaction(say, allergy.reaction);
  return allergy.severe && !isVoid ? <Chip tone="critical">{reaction || say("allergies.severe")}</Chip> : reaction;
}

function partsOf(say: Say, allergy: AllergyDto): [string | null, string | null][] {
  // A single reaction of symptoms and severity is on the line itself.
  const [only, ...others] = allergy.reactions;
  const isSimple =
    only !== undefined &&
    others.length === 0 &&
    only.substance === null &&
    only.description === null &&
    only.onset === null &&
    only.route === null &&
    only.notes.length === 0;
  const reactions = isSimple ? [] : allergy.reactions.map((reaction) => sayReactionParts(say, reaction));
  // A statement shows what its record is called where its own words say it differently.
  const name = allergy.absence === null || allergy.absence.words !== null ? null : allergy.substance;
  return [
    [say("recorded.as"), name],
    [null, sayAllergyKind(say, allergy)],
    ...reactions.map((reaction): [string, string] => [say("reaction"), reaction]),
    [say("onset"), allergy.onset === null ? null : sayMoment(say, allergy.onset)],
    [say("reaction.last"), allergy.lastOccurrence === null ? null : formatDate(allergy.lastOccurrence)],
    ...allergy.notes.map((note): [string, string] => [say("note.of_record"), note]),
    [say("narrative"), allergy.narrative],
  ];
}

import type {
  AbsenceDto,
  AllergyDto,
  BannerAllergiesDto,
  ReactionDto,
  ReactionPartsDto,
  SafetyDto,
} from "../ipc/bindings";
import { formatDate } from "./dates";
import { messageFor, type Say } from "./words";

const joined = (parts: readonly string[], between: string) => parts.filter((part) => part !== "").join(between);

/** Manifestations and worst severity, such as `anaphylaxis · severe`; empty if nothing is recorded. */
export function sayReaction(say: Say, reaction: ReactionDto): string {
  const severity = reaction.severity ?? (reaction.highRisk ? say("allergies.high_risk") : "");
  return joined([reaction.manifestations.join(", "), severity], " · ");
}

/** One recorded reaction with all that is recorded of it. */
export function sayReactionParts(say: Say, reaction: ReactionPartsDto): string {
  const { substance, manifestations, description, onset, severity, route, notes } = reaction;
  const parts = [
    substance === null ? "" : say("reaction.substance", { substance }),
    manifestations.join(", "),
    description ?? "",
    severity ?? "",
    onset === null ? "" : formatDate(onset),
    route === null ? "" : say("reaction.route", { route }),
    ...notes,
  ];
  return joined(parts, " · ");
}

/** A statement of absence: what is not known to be there, with the recorded words where they say something else. */
export function sayAbsence(say: Say, absence: AbsenceDto): string {
  const words = absence.words ?? "";
  if (absence.class === "other") return words === "" ? say("value.unreadable") : words;
  if (absence.class === "substance") return say("allergies.none.substance", { words });
  const statement = say(`allergies.none.${absence.class}`);
  return words === "" ? statement : say("allergies.none.words", { statement, words });
}

/** All statements of absence in one line. */
export function sayAbsences(say: Say, none: readonly AbsenceDto[]): string {
  return none.map((absence) => sayAbsence(say, absence)).join(" · ");
}

/** The state of a patient's allergies where none is known to be there. */
export function sayAllergyState(say: Say, { state, none }: Pick<BannerAllergiesDto, "state" | "none">): string {
  switch (state) {
    case "known":
      return say("allergies.known");
    case "partly_none_known":
      return say("allergies.partly", { none: sayAbsences(say, none) });
    default:
      return say(`allergies.${state}`);
  }
}

/** The categories, type and criticality of an allergy. */
export function sayAllergyKind(say: Say, { kind, categories, criticality }: AllergyDto): string {
  const known = (prefix: string, code: string) => {
    const id = messageFor(prefix, code, "value.unreadable");
    return id === "value.unreadable" ? code : say(id);
  };
  const parts = [
    kind === null ? "" : known("allergy.kind", kind),
    ...categories.map((category) => known("allergy.category", category)),
    criticality === null ? "" : known("allergy.criticality", criticality),
  ];
  return joined(parts, " · ");
}

/** The allergies of a patient in one line of a list. */
export function saySafety(say: Say, safety: SafetyDto): string {
  if (safety.state === "partly_none_known") return sayAllergyState(say, safety);
  if (safety.state !== "known") return say(`allergies.${safety.state}`);
  const substance = safety.substance ?? say("value.unreadable");
  const reaction = sayReaction(say, safety.reaction);
  const first = reaction === "" ? substance : say("allergies.line", { substance, reaction });
  const line = safety.more === 0 ? first : say("allergies.more", { first, count: safety.more });
  return safety.incomplete ? say("allergies.line.incomplete", { line }) : line;
}

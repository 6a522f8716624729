import type { ReactionDto, SafetyDto } from "../ipc/bindings";
import type { Say } from "../words/words";

/** Manifestations and worst severity, such as `anaphylaxis · severe`; empty if nothing is recorded. */
export function sayReaction(say: Say, reaction: ReactionDto): string {
  const severity = reaction.severity ?? (reaction.highRisk ? say("allergies.high_risk") : "");
  return [reaction.manifestations.join(", "), severity].filter((part) => part !== "").join(" · ");
}

/** The allergies of a patient in one line of a list. */
export function saySafety(say: Say, safety: SafetyDto): string {
  if (safety.state !== "known") return say(`allergies.${safety.state}`);
  const substance = safety.substance ?? say("value.unreadable");
  const reaction = sayReaction(say, safety.reaction);
  const first = reaction === "" ? substance : say("allergies.line", { substance, reaction });
  const line = safety.more === 0 ? first : say("allergies.more", { first, count: safety.more });
  return safety.incomplete ? say("allergies.line.incomplete", { line }) : line;
}

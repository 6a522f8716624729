import { createContext, useContext } from "react";
import type { CompletenessDto } from "../ipc/bindings";
import { type MessageId, useWords } from "../words/words";

const Shown = createContext<CompletenessDto | null>(null);

/** What is known of the completeness of the chart that is shown. */
export const CompletenessOfChart = Shown.Provider;

/** Whether "none" may be said of these FHIR types. */
export function mayBeAbsent(completeness: CompletenessDto | null, types: readonly string[]): boolean {
  return completeness === null || !(completeness.partial || types.some((one) => completeness.missing.includes(one)));
}

/**
 * The only way in which a chart says that there is nothing: `none` where all that it could be in is on this
 * workstation, and otherwise that it cannot be said.
 */
export function useAbsence() {
  const say = useWords();
  const completeness = useContext(Shown);
  return {
    sayNone: (none: MessageId, types: readonly string[]) =>
      say(mayBeAbsent(completeness, types) ? none : "absence.unavailable"),
    /** A count beside a list: "0" is an absence, too, and any other number may be too small. */
    count: <T>(text: T, types: readonly string[]) => (mayBeAbsent(completeness, types) ? text : undefined),
  };
}

export const MEDICINES = ["MedicationRequest", "MedicationStatement"] as const;
export const RESULTS = ["Observation", "DiagnosticReport"] as const;

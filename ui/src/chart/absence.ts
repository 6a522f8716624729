import { createContext, useContext } from "react";
import type { DownloadCompletenessDto } from "../ipc/bindings";
import { type MessageId, useWords } from "../words/words";

const CompletenessContext = createContext<DownloadCompletenessDto | null>(null);

/** Provides the completeness of the chart that is shown. */
export const ChartCompleteness = CompletenessContext.Provider;

/** Whether the chart may say that it has no record of these FHIR types. */
export function canConfirmAbsence(completeness: DownloadCompletenessDto | null, types: readonly string[]): boolean {
  return completeness === null || !(completeness.partial || types.some((type) => completeness.missing.includes(type)));
}

/**
 * The only way for a chart to say that it has no record of `types`: the message `none` if all of them are on this
 * workstation, otherwise a message that the information is unavailable.
 */
export function useAbsence() {
  const say = useWords();
  const completeness = useContext(CompletenessContext);
  return {
    sayNone: (none: MessageId, types: readonly string[]) =>
      say(canConfirmAbsence(completeness, types) ? none : "absence.unavailable"),
    /** A count shown with a list, or undefined if it may be too small. */
    count: <T>(text: T, types: readonly string[]) => (canConfirmAbsence(completeness, types) ? text : undefined),
  };
}

export const MEDICINES = ["MedicationRequest", "MedicationStatement"] as const;
export const RESULTS = ["Observation", "DiagnosticReport"] as const;

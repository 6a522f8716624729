import { createContext, useContext } from "react";
import type { ChartDto, ChartTabDto, CutListDto, TabCountDto } from "../ipc/bindings";
import { type MessageId, useWords } from "../words/words";

/** The parts of a chart on which a statement of absence depends. */
export type ChartFacts = Pick<ChartDto, "completeness" | "unreadable" | "counts" | "cut">;

/** What a statement of absence is about. */
export interface Subject {
  /** The FHIR types that were looked for. */
  types: readonly string[];
  /** The tabs in which the same information may be recorded in another form. */
  elsewhere: readonly ChartTabDto[];
  /** The tab of a list that may be cut. */
  list?: ChartTabDto;
}

/** The subjects of the cards and tabs. */
export const SUBJECTS = {
  timeline: { types: [], elsewhere: ["other"] },
  problems: { types: ["Condition"], elsewhere: ["notes", "visits"], list: "problems" },
  medicines: {
    types: ["MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense"],
    elsewhere: ["notes", "care_plans"],
    list: "medicines",
  },
  results: { types: ["Observation", "DiagnosticReport"], elsewhere: ["reports", "notes"] },
  vitals: { types: ["Observation"], elsewhere: ["results", "notes"] },
  notes: { types: ["DocumentReference", "Composition"], elsewhere: ["reports"] },
  immunisations: { types: ["Immunization"], elsewhere: ["notes", "procedures"], list: "immunisations" },
  visits: { types: ["Encounter", "Appointment"], elsewhere: ["notes"] },
  reports: { types: ["DiagnosticReport", "ImagingStudy", "Specimen"], elsewhere: ["results", "notes"] },
  orders: { types: ["ServiceRequest"], elsewhere: ["care_plans"] },
  procedures: { types: ["Procedure"], elsewhere: ["reports", "notes"] },
  care_plans: { types: ["CarePlan", "CareTeam", "Goal"], elsewhere: ["notes"] },
  devices: { types: ["DeviceUseStatement", "Device"], elsewhere: ["procedures"] },
  family_history: { types: ["FamilyMemberHistory"], elsewhere: ["notes"] },
  other: { types: [], elsewhere: [] },
} as const satisfies Partial<Record<ChartTabDto, Subject>>;

/** What may be said where a list is empty. */
export type Absence =
  | { kind: "unavailable" }
  | { kind: "unreadable"; count: number }
  | { kind: "none"; elsewhere: TabCountDto[] };

/** Decides what may be said; without a chart (null) the list is complete by itself. */
export function findAbsence(chart: ChartFacts | null, subject: Subject): Absence {
  if (chart === null) return { kind: "none", elsewhere: [] };
  const { completeness, unreadable, counts } = chart;
  const unknown = [...completeness.missing, ...completeness.unavailable, ...completeness.failed];
  if (completeness.partial || subject.types.some((type) => unknown.includes(type))) return { kind: "unavailable" };
  // A record of an unknown type may be one of these.
  const maybe = unreadable.filter(({ resourceType }) => resourceType === null || subject.types.includes(resourceType));
  const count = maybe.reduce((sum, { count }) => sum + count, 0);
  if (count > 0) return { kind: "unreadable", count };
  return { kind: "none", elsewhere: counts.filter(({ tab }) => subject.elsewhere.includes(tab)) };
}

const ChartContext = createContext<ChartFacts | null>(null);

/** The numbers of a list that is longer than what is shown of it. */
export function useCut(tab: ChartTabDto): CutListDto | undefined {
  return useContext(ChartContext)?.cut.find((list) => list.tab === tab);
}

/** Provides the chart that is shown. */
export const ChartFactsProvider = ChartContext.Provider;

/**
 * The only way for a chart to say that it has no record of a subject: the message `none` with the tabs where more may be
 * recorded, or else why it cannot be said.
 */
export function useAbsence() {
  const say = useWords();
  const chart = useContext(ChartContext);
  return {
    sayNone: (none: MessageId, subject: Subject): string => {
      const absence = findAbsence(chart, subject);
      switch (absence.kind) {
        case "unavailable":
          return say("absence.unavailable");
        case "unreadable":
          return say("absence.unreadable", { count: absence.count });
        case "none": {
          const tabs = absence.elsewhere.map(({ tab, count }) => say("absence.tab", { tab: say(`tab.${tab}`), count }));
          return tabs.length === 0 ? say(none) : `${say(none)} ${say("absence.elsewhere", { tabs: tabs.join(", ") })}`;
        }
      }
    },
    /** A count shown with a list, or undefined if it may be too small. */
    count: <T>(text: T, subject: Subject) => {
      const isCut = chart?.cut.some(({ tab }) => tab === subject.list) ?? false;
      return findAbsence(chart, subject).kind === "none" && !isCut ? text : undefined;
    },
  };
}

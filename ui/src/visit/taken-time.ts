import { useState } from "react";
import type { DateTimeInput } from "../components/date-and-time.view";
import { type LocalDateTime, readLocalDateTime, splitLocalDateTime } from "../words/dates";

/** When the values of a form were measured. */
export interface TakenTime {
  /** What was typed; null means now. */
  input: DateTimeInput | null;
  /** What it means. */
  reading: LocalDateTime;
  /** RFC 3339; empty for now, null while it is not known. */
  at: string | null;
  onChange: (input: DateTimeInput | null) => void;
  /** Answers which of two equal times it was. */
  onChoose: (at: string) => void;
}

/** The time of a form, which starts as `saved` (empty for now). A time that was twice is not known until one is chosen. */
export function useTakenTime(saved: string): TakenTime {
  const [input, setInput] = useState<DateTimeInput | null>(() =>
    saved === "" ? null : splitLocalDateTime(new Date(saved)),
  );
  const [chosen, setChosen] = useState(saved);
  const reading: LocalDateTime =
    input === null ? { kind: "once", at: "" } : readLocalDateTime(input.date.trim(), input.time.trim());
  return {
    input,
    reading,
    at: timeOf(reading, chosen),
    onChange: (next) => {
      setInput(next);
      setChosen("");
    },
    onChoose: setChosen,
  };
}

function timeOf(reading: LocalDateTime, chosen: string): string | null {
  if (reading.kind === "once") return reading.at;
  if (reading.kind !== "twice" || chosen === "") return null;
  return [reading.first, reading.second].find((at) => Date.parse(at) === Date.parse(chosen)) ?? null;
}

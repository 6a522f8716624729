import css from "./chart.module.css";

/** A part of a record: its label, or null where the text says what it is, and its text, or null where there is none. */
export type RecordPart = readonly [label: string | null, text: string | null];

/** The parts of a record that have a text, one per line under its name. */
export function RecordParts({ parts }: { parts: readonly RecordPart[] }) {
  return parts.map(([label, text]) =>
    text === null || text === "" ? null : (
      <span key={`${label}${text}`} className={css.under}>
        {label === null ? text : `${label}: ${text}`}
      </span>
    ),
  );
}

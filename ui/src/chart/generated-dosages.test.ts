import { createIntl } from "react-intl";
import { expect, test } from "vitest";
import type { DosageDto } from "../ipc/bindings";
import { messages, type Say } from "../words/words";
import { sayWholeDosage } from "./dosage-words";

const intl = createIntl({ locale: "en", messages });
const say: Say = (id, values) => intl.formatMessage({ id }, values);

// Written by the session's own test from generated dosages.
const files = import.meta.glob<string>("../testing/dosages.ndjson", {
  query: "?raw",
  import: "default",
  eager: true,
});
const dosages: DosageDto[] = Object.values(files).flatMap((text) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line)),
);

/** Every recorded string and number in a part. */
function leaves(part: unknown): string[] {
  if (typeof part === "string") return [part];
  if (Array.isArray(part)) return part.flatMap(leaves);
  return typeof part === "object" && part !== null ? Object.values(part).flatMap(leaves) : [];
}

const has = (line: string, word: string) => line.toLowerCase().includes(word.toLowerCase());

/** What a line must have for a string of its parts. */
function isSaid(line: string, leaf: string): boolean {
  const plain = leaf.replaceAll("_", " ");
  if (["quantity", "range", "ratio", "period", "ordered"].includes(leaf)) return true;
  // "1" is also "once", "a week" and "every day", "2" is "twice".
  if (leaf === "1") return /\b1\b|once|\ban? (second|minute|hour|day|week|month|year)\b|every|per /.test(line);
  if (leaf === "2") return /2|twice/.test(line);
  if (`event.${leaf}` in messages) return has(line, messages[`event.${leaf}`] ?? "");
  if (leaf === "d" || leaf === "h") return has(line, leaf === "d" ? "day" : "hour");
  return has(line, plain) || has(line, leaf.replace(/s$/, ""));
}

test("there are generated dosages", () => {
  expect(dosages.length).toBeGreaterThan(100);
});

test("every part of a generated dosage is in its written line", () => {
  for (const dosage of dosages) {
    const line = sayWholeDosage(say, dosage);
    const { frequency, period, ...timing } = dosage.timing;
    // Once a day is left out beside a weekday or a moment of the day, which says it better.
    const isOnce = JSON.stringify([frequency?.low, frequency?.high, period?.limits.low, period?.unit]);
    const often = isOnce === '["1",null,"1","day"]' ? [] : leaves([frequency, period]);
    const missing = [...leaves({ ...dosage, timing }), ...often].filter((leaf) => !isSaid(line, leaf));
    expect(missing, `${line} | ${JSON.stringify(dosage)}`).toEqual([]);
    if (dosage.asNeeded) expect(line).toContain("as needed");
    if (dosage.maxima.length > 0) expect(line).toContain("at most");
    if (dosage.words !== null) expect(line.startsWith(dosage.words)).toBe(true);
  }
});

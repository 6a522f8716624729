import { createIntl } from "react-intl";
import { expect, test } from "vitest";
import type { DosageDto, DoseTimingDto, LimitsDto, QuantityDto, TimeUnitDto, ValueDto } from "../ipc/bindings";
import { EMPTY_DOSAGE } from "../ipc/fake/medicines";
import { messages, type Say } from "../words/words";
import { sayDosage, sayDosages, sayWholeDosage } from "./dosage-words";

const intl = createIntl({ locale: "en", messages });
const say: Say = (id, values) => intl.formatMessage({ id }, values);

const quantity = (number: string, unit: string | null = null): QuantityDto => ({
  comparator: null,
  number,
  unit,
  recorded: null,
});
const exactly = (number: string, unit: string | null): ValueDto => ({
  kind: "quantity",
  quantity: quantity(number, unit),
});
const between = (low: string, high: string, unit: string): ValueDto => ({
  kind: "range",
  low: quantity(low, unit),
  high: quantity(high, unit),
});
const limits = (text: string): LimitsDto => {
  const [low = null, high = null] = text.split("-");
  return { low, high };
};
const span = (text: string, unit: TimeUnitDto) => ({ limits: limits(text), unit });
const dose = (value: ValueDto, kind: string | null = null) => ({ kind, dose: value, rate: null });

const dosage = (parts: Partial<DosageDto>, timing: Partial<DoseTimingDto> = {}): DosageDto => ({
  ...EMPTY_DOSAGE,
  ...parts,
  timing: { ...EMPTY_DOSAGE.timing, ...timing },
});
const often = (times: string, period: string, unit: TimeUnitDto) => ({
  frequency: limits(times),
  period: span(period, unit),
});
const daily = often("1", "1", "day");
const tenMg = { doses: [dose(exactly("10", "mg"))] };

test.each<[string, DosageDto]>([
  ["10 mg once a day", dosage(tenMg, daily)],
  ["10 mg twice a day", dosage(tenMg, often("2", "1", "day"))],
  ["10 mg 3 times a week", dosage(tenMg, often("3", "1", "week"))],
  ["10 mg once an hour", dosage(tenMg, often("1", "1", "hour"))],
  ["10 mg every 8 hours", dosage(tenMg, often("1", "8", "hour"))],
  ["10 mg 3 times every 2 days", dosage(tenMg, often("3", "2", "day"))],
  ["10 mg 2–3 times every day", dosage(tenMg, often("2-3", "1", "day"))],
  ["10 mg, every Monday at 08:00", dosage(tenMg, { days: ["monday"], times: ["08:00"] })],
  ["4 tablets, every Monday", dosage({ doses: [dose(exactly("4", "tablet"))] }, { ...daily, days: ["monday"] })],
  [
    "10 mg 2 times on the day, every Monday and Friday",
    dosage(tenMg, { ...often("2", "1", "day"), days: ["monday", "friday"] }),
  ],
  ["10 mg once a week, every Monday", dosage(tenMg, { ...often("1", "1", "week"), days: ["monday"] })],
  [
    "1–2 tablets every 4–6 hours as needed, at most 8 tablets per day",
    dosage(
      {
        doses: [dose(between("1", "2", "tablet"))],
        asNeeded: true,
        maxima: [{ per: "period", amount: quantity("8", "tablet"), period: quantity("1", "day") }],
      },
      often("1", "4-6", "hour"),
    ),
  ],
  [
    "10 units 10 minutes before breakfast",
    dosage({ doses: [dose(exactly("10", "units"))] }, { ...daily, events: ["before_breakfast"], offset: "10" }),
  ],
  [
    "10 mg twice a day in the morning and at bedtime",
    dosage(tenMg, { ...often("2", "1", "day"), events: ["morning", "bedtime"] }),
  ],
  ["500 mg once", dosage({ doses: [dose(exactly("500", "mg"))] }, { count: limits("1") })],
  ["10 mg once a day, 3 doses in all", dosage(tenMg, { ...daily, count: limits("3") })],
  ["10 mg once a day, for 7 days", dosage(tenMg, { ...daily, bounds: exactly("7", "d") })],
  ["10 mg once a day, for 5–7 days", dosage(tenMg, { ...daily, bounds: between("5", "7", "days") })],
  [
    "10 mg once a day, from 01-Nov-2026 to 07-Nov-2026",
    dosage(tenMg, { ...daily, bounds: { kind: "period", start: "2026-11-01", end: "2026-11-07" } }),
  ],
  ["10 mg, each over 30–60 minutes", dosage(tenMg, { duration: span("30-60", "minute") })],
  ["10 mg, on 22-Nov-2026", dosage(tenMg, { moments: ["2026-11-22"] })],
  ["0.5 tablets", dosage({ doses: [dose(exactly("0.5", "tablet"))] })],
  ["1 (no unit recorded)", dosage({ doses: [dose(exactly("1", null))] })],
  [
    "425 mg (calculated: 50 mg/kg/day) every 8 hours",
    dosage(
      { doses: [dose(exactly("50", "mg/kg/day"), "calculated"), dose(exactly("425", "mg"), "ordered")] },
      often("1", "8", "hour"),
    ),
  ],
  [
    "1000 mL at a rate of 50 mL per hour",
    dosage({
      doses: [
        {
          kind: null,
          dose: exactly("1000", "mL"),
          rate: { kind: "ratio", numerator: quantity("50", "mL"), denominator: quantity("1", "h") },
        },
      ],
    }),
  ],
  ["as needed for pain", dosage({ asNeeded: true, asNeededFor: "pain" })],
  [
    "10 mg oral, at most 50 mg at a time, at most 400 mg in a lifetime, site: left arm, method: swallow",
    dosage({
      ...tenMg,
      route: "oral",
      site: "left arm",
      method: "swallow",
      maxima: [
        { per: "administration", amount: quantity("50", "mg") },
        { per: "lifetime", amount: quantity("400", "mg") },
      ],
    }),
  ],
  ["10 mg by mouth", dosage({ ...tenMg, route: "By mouth" })],
  ["10 mg IM", dosage({ ...tenMg, route: "IM" })],
  [
    "2 tablets, at most 8 tablets per 24 hours",
    dosage({
      doses: [dose(exactly("2", "tablet"))],
      maxima: [{ per: "period", amount: quantity("8"), period: quantity("24", "h") }],
    }),
  ],
  ["10 mg, with dialysis", dosage(tenMg, { code: "with dialysis" })],
])("%s", (line, parts) => {
  expect(sayDosage(say, parts)).toBe(line);
});

test("recorded words come first and in full, then the parts, instructions and what could not be read", () => {
  const parts = dosage(
    {
      ...tenMg,
      words: "10 mg ONCE WEEKLY, on Mondays",
      instructions: ["with water"],
      unread: [{ element: "when", recorded: "XX" }],
    },
    { days: ["monday"] },
  );
  expect(sayWholeDosage(say, parts)).toBe(
    "10 mg ONCE WEEKLY, on Mondays; 10 mg, every Monday; with water; Could not be read: when XX",
  );
});

test("steps follow each other, alternatives do not", () => {
  const step = (sequence: string | null, times: string) => dosage({ ...tenMg, sequence }, often(times, "1", "day"));
  expect(sayDosages(say, [step("1", "2"), step("2", "1")])).toBe("10 mg twice a day; then 10 mg once a day");
  expect(sayDosages(say, [step(null, "2"), step(null, "1")])).toBe("10 mg twice a day; 10 mg once a day");
  expect(sayDosages(say, [step("1", "2"), step("1", "1")])).toBe("10 mg twice a day; 10 mg once a day");
});

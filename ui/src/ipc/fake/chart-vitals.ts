import type { FlagDto, SignDto, VitalSeriesDto } from "../bindings";

type Sign = [key: SignDto, unit: string, values: number[], low: number | null, high: number | null, places: number];

const SIGNS: Sign[] = [
  ["systolic", "mmHg", [148, 150, 144, 152, 154, 158, 151, 162], 90, 140, 0],
  ["diastolic", "mmHg", [86, 88, 90, 90, 93, 94, 91, 98], 60, 90, 0],
  ["pulse", "/min", [78, 74, 71, 80, 84, 75, 77, 76], 60, 100, 0],
  ["spo2", "%", [97, 97, 98, 96, 97, 97, 97, 97], 95, 100, 0],
  ["temperature", "°C", [36.7, 36.5, 36.9, 36.6, 37.1, 36.8, 36.7, 36.8], 36.1, 37.2, 1],
  ["weight", "kg", [77.9, 78.4, 79.2, 79.6, 80.1, 80.7, 81, 81.4], null, null, 1],
];

const DAYS = [352, 301, 240, 196, 131, 75, 29, 0];

const flagOf = (value: number, low: number | null, high: number | null): FlagDto | null => {
  if (high !== null && value > high) return "H";
  return low !== null && value < low ? "L" : null;
};

/** A year of vital signs. */
export function makeSeries(): VitalSeriesDto[] {
  return SIGNS.map(([key, unit, values, low, high, places]) => {
    const points = values.map((value, at) => ({
      id: `${key}-${at}`,
      at: Date.parse("2026-11-22T13:52:00+03:00") - (DAYS[at] ?? 0) * 86_400_000,
      value,
      text: value.toFixed(places),
      recorded: key === "weight" && at === values.length - 3 ? "80.70271828182845 kg" : null,
      flag: flagOf(value, low, high),
      mayMarkEnteredInError: at > values.length - 3,
      record: at === values.length - 1 ? ("pending" as const) : ("synced" as const),
    }));
    const last = points.at(-1);
    return {
      key,
      unit,
      value: last?.text ?? "",
      recorded: last?.recorded ?? null,
      flag: last?.flag ?? null,
      taken: new Date(last?.at ?? 0).toISOString(),
      age: key === "weight" ? { unit: "weeks", count: 3 } : { unit: "today", count: 0 },
      low,
      high,
      points,
    };
  });
}

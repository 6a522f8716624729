import type {
  FlagDto,
  SignDto,
  ValueDto,
  VitalPointDto,
  VitalRangeDto,
  VitalSeriesDto,
  VitalValueDto,
} from "../bindings";

interface Line {
  sign: SignDto;
  values: number[];
  range: [low: number, high: number] | null;
}

type Sign = [key: SignDto, unit: string, places: number, lines: Line[]];

const one = (sign: SignDto, unit: string, places: number, values: number[], range: Line["range"]): Sign => [
  sign,
  unit,
  places,
  [{ sign, values, range }],
];

const SIGNS: Sign[] = [
  [
    "blood_pressure",
    "mmHg",
    0,
    [
      { sign: "systolic", values: [148, 150, 144, 152, 154, 158, 151, 162], range: [90, 140] },
      { sign: "diastolic", values: [86, 88, 90, 90, 93, 94, 91, 98], range: [60, 90] },
    ],
  ],
  one("pulse", "/min", 0, [78, 74, 71, 80, 84, 75, 77, 76], [60, 100]),
  one("spo2", "%", 0, [97, 97, 98, 96, 97, 97, 97, 97], [95, 100]),
  one("temperature", "°C", 1, [36.7, 36.5, 36.9, 36.6, 37.1, 36.8, 36.7, 36.8], [36.1, 37.2]),
  one("weight", "kg", 1, [77.9, 78.4, 79.2, 79.6, 80.1, 80.7, 81, 81.4], null),
];

const DAYS = [352, 301, 240, 196, 131, 75, 29, 0];

const flagOf = (value: number, range: Line["range"]): FlagDto | null => {
  if (range === null) return null;
  if (value > range[1]) return "H";
  return value < range[0] ? "L" : null;
};

/** A quantity as Rust hands it over. */
export const makeQuantity = (number: string, unit: string | null, recorded: string | null = null): ValueDto => ({
  kind: "quantity",
  quantity: { comparator: null, number, unit, recorded },
});

/** A year of vital signs. */
export function makeSeries(): VitalSeriesDto[] {
  return SIGNS.map(([key, unit, places, lines]) => {
    const points: VitalPointDto[] = DAYS.map((days, at) => {
      const time = Date.parse("2026-11-22T13:52:00+03:00") - days * 86_400_000;
      const values: VitalValueDto[] = lines.map(({ sign, values, range }) => {
        const number = values[at] ?? 0;
        const recorded = key === "weight" && at === DAYS.length - 3 ? "80.70271828182845 kg" : null;
        const value = makeQuantity(number.toFixed(places), unit, recorded);
        return { id: `${key}-${at}`, sign, number, value, flag: flagOf(number, range), interpretation: [], ranges: [] };
      });
      return {
        id: `${key}-${at}`,
        at: time,
        taken: new Date(time).toISOString(),
        values,
        same: [],
        marks: [],
        details: [],
        mayMarkEnteredInError: at > DAYS.length - 3,
        record: at === DAYS.length - 1 ? ("pending" as const) : ("synced" as const),
      };
    });
    const ranges: VitalRangeDto[] = lines.flatMap(({ sign, range }) =>
      range === null ? [] : [{ sign, low: range[0], high: range[1], source: null }],
    );
    return {
      key,
      name: null,
      unit,
      latest: points.at(-1) ?? null,
      age: key === "weight" ? null : { unit: "minutes", count: 15 },
      older: false,
      ranges,
      points,
      enteredInError: [],
    };
  });
}

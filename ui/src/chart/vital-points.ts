import type { FlagDto, RecordStateDto, SignDto, VitalPointDto, VitalSeriesDto, VitalValueDto } from "../ipc/bindings";
import { formatDateTime, formatMillis } from "../words/dates";
import { splitValue } from "../words/values";
import type { Say } from "../words/words";

/** A value that is drawn. */
export interface DrawnPoint {
  id: string;
  at: number;
  number: number;
  text: string;
  recorded: string | null;
  flag: FlagDto | null;
  record: RecordStateDto;
}

/** The values of one sign that are drawn, oldest first. */
export interface DrawnLine {
  sign: SignDto;
  points: DrawnPoint[];
}

/** The lines of a series: two for a blood pressure. Values without a number of the chart's unit are in the table only. */
export function drawnLines(say: Say, series: VitalSeriesDto): DrawnLine[] {
  const lines: DrawnLine[] = [];
  for (const point of series.points) {
    for (const value of point.values) {
      if (value.number === null || point.at === null) continue;
      let line = lines.find(({ sign }) => sign === value.sign);
      if (line === undefined) {
        line = { sign: value.sign, points: [] };
        lines.push(line);
      }
      const { recorded } = splitValue(say, value.value);
      const text = numberOf(value) ?? "";
      const { number, flag } = value;
      line.points.push({ id: value.id, at: point.at, number, text, recorded, flag, record: point.record });
    }
  }
  return lines;
}

/** Number of values that are not drawn. */
export function undrawnCount(series: VitalSeriesDto): number {
  return series.points.filter(({ at, values }) => at === null || values.some(({ number }) => number === null)).length;
}

const numberOf = ({ value }: VitalValueDto): string | null =>
  value.kind === "quantity" ? value.quantity.number : null;

/** A measurement in words: `162/98 mmHg`. */
export function sayMeasurement(say: Say, point: VitalPointDto): string {
  const [first, second] = point.values;
  if (first === undefined) return "";
  const shown = splitValue(say, first.value).shown;
  if (second === undefined) return first.sign === "diastolic" ? `–/${shown}` : shown;
  const isSame = first.value.kind === "quantity" && second.value.kind === "quantity" && sameUnit(first, second);
  const high = isSame ? (numberOf(first) ?? shown) : shown;
  return `${high}/${splitValue(say, second.value).shown}`;
}

function sameUnit(first: VitalValueDto, second: VitalValueDto): boolean {
  return (
    first.value.kind === "quantity" &&
    second.value.kind === "quantity" &&
    first.value.quantity.unit === second.value.quantity.unit &&
    first.value.quantity.comparator === null
  );
}

/** The name of a sign, long as in a title or short as in a list. */
export function sayName(say: Say, series: VitalSeriesDto, long = true): string {
  if (series.name !== null) return series.name;
  return say(long ? `sign.name.${series.key}` : `sign.${series.key}`);
}

/** When a measurement was made, as recorded. */
export function sayWhen(point: VitalPointDto): string {
  return point.taken === null ? (point.at === null ? "" : formatMillis(point.at)) : formatDateTime(point.taken);
}

import type {
  DosageDto,
  DoseDto,
  DoseTimingDto,
  LimitsDto,
  MaximumDoseDto,
  QuantityDto,
  TimeSpanDto,
  TimeUnitDto,
  ValueDto,
} from "../ipc/bindings";
import { formatDate, formatDateTime } from "../words/dates";
import { messageFor, messages, type Say } from "../words/words";

/** The time units that records write in a Quantity. */
const TIME_UNITS: Record<string, TimeUnitDto> = {
  s: "second",
  min: "minute",
  minute: "minute",
  minutes: "minute",
  h: "hour",
  hr: "hour",
  hour: "hour",
  hours: "hour",
  d: "day",
  day: "day",
  days: "day",
  wk: "week",
  week: "week",
  weeks: "week",
  mo: "month",
  month: "month",
  months: "month",
  a: "year",
  year: "year",
  years: "year",
};

const toNumber = (text: string) => Number(text.replaceAll(",", ""));

const joined = (parts: (string | null)[], between: string) =>
  parts.filter((part) => part !== null && part !== "").join(between);

/** `a, b and c`. */
function sayList(say: Say, items: string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : say("dose.and", { first: items.slice(0, -1).join(", "), last });
}

/** The singular of a form in which a dose is counted, as the messages have it. */
function formOf(unit: string): string | null {
  const word = unit.toLowerCase();
  const singular =
    word === "units"
      ? word
      : word
          .replace(/(ch)es$/, "$1")
          .replace(/ies$/, "y")
          .replace(/s$/, "");
  return `form.${singular}` in messages ? singular : null;
}

function sayUnit(say: Say, unit: string, count: number): string {
  // Words such as "Day" are written in any case, codes such as "d" are not.
  const time = TIME_UNITS[unit.length > 2 ? unit.toLowerCase() : unit];
  if (time !== undefined) return say("dose.periods", { number: "", unit: time, count }).trim();
  const form = formOf(unit);
  return form === null ? unit : say(messageFor("form", form, "form.dose"), { count });
}

/** A number with its unit, such as `2 tablets`; the unit alone is left out where `shared` already has it. */
function sayQuantity(say: Say, quantity: QuantityDto, shared: string | null = null): string {
  const number = quantity.number ?? say("value.unreadable");
  const unit = quantity.unit === null || quantity.unit === shared ? null : quantity.unit;
  const count = quantity.number === null ? 2 : toNumber(quantity.number);
  return joined([quantity.comparator, number, unit === null ? null : sayUnit(say, unit, count)], " ");
}

/** An amount in one of its forms. */
function sayAmount(say: Say, value: ValueDto): string {
  switch (value.kind) {
    case "quantity":
      return value.quantity.unit === null
        ? say("dose.noUnit", { amount: sayQuantity(say, value.quantity) })
        : sayQuantity(say, value.quantity);
    case "range": {
      const { low, high } = value;
      if (low === null) return high === null ? "" : say("dose.atMost", { amount: sayQuantity(say, high) });
      if (high === null) return say("dose.atLeast", { amount: sayQuantity(say, low) });
      const shared = high.unit ?? null;
      const from = sayQuantity(say, low, shared);
      const to = sayQuantity(say, high.unit === null ? { ...high, unit: low.unit } : high);
      return say("dose.range", {
        low: low.unit === null || high.unit !== null ? from : (low.number ?? from),
        high: to,
      });
    }
    case "ratio": {
      const { numerator, denominator } = value;
      const amount = numerator === null ? say("value.unreadable") : sayQuantity(say, numerator);
      if (denominator === null) return amount;
      return say("dose.per", { amount, other: sayPer(say, denominator) });
    }
    default:
      return "";
  }
}

/** What an amount is per: `hour`, `20 minutes`. */
function sayPer(say: Say, quantity: QuantityDto): string {
  const isOne = quantity.number === "1" && quantity.comparator === null && quantity.unit !== null;
  return isOne ? sayUnit(say, quantity.unit ?? "", 1) : sayQuantity(say, quantity);
}

function sayDose(say: Say, dose: DoseDto): string {
  const amount = dose.dose === null ? null : sayAmount(say, dose.dose);
  const rate = dose.rate === null ? null : say("dose.rate", { rate: sayAmount(say, dose.rate) });
  const both = joined([amount, rate], " ");
  if (dose.kind === null || dose.kind === "ordered") return both;
  return dose.kind === "calculated"
    ? say("dose.calculated", { amount: both })
    : say("dose.kind", { kind: dose.kind, amount: both });
}

/** `4`, `4–6`; a limit alone is said as such. */
function sayLimits(say: Say, limits: LimitsDto): string {
  if (limits.low === null) return say("dose.atMost", { amount: limits.high ?? "" });
  return limits.high === null ? limits.low : say("dose.range", { low: limits.low, high: limits.high });
}

const isOne = (limits: LimitsDto) => limits.low === "1" && limits.high === null;

function saySpan(say: Say, span: TimeSpanDto): string {
  const count = toNumber(span.limits.high ?? span.limits.low ?? "");
  return say("dose.periods", { number: sayLimits(say, span.limits), unit: span.unit, count });
}

/** `twice a day`, `every 4–6 hours`, `2–3 times every 2 days`. */
function sayFrequency(say: Say, timing: DoseTimingDto): string | null {
  const { frequency, period, days, times, events } = timing;
  if (period === null) {
    if (frequency === null) return null;
    return frequency.high === null && frequency.low !== null
      ? say("dose.frequency.only", { times: toNumber(frequency.low) })
      : say("dose.frequency.range", { low: frequency.low ?? "0", high: frequency.high ?? "", every: "" }).trim();
  }
  const isDaily = period.unit === "day" && isOne(period.limits);
  const often = frequency ?? { low: "1", high: null };
  // A weekday or a moment of the day says it better, and "once a day" beside "every Monday" would be wrong.
  if (isDaily && isOne(often) && (days.length > 0 || times.length + events.length === 1)) return null;
  if (isDaily && days.length > 0) return say("dose.frequency.onTheDay", { times: sayLimits(say, often) });
  const every = isOne(period.limits)
    ? say("dose.frequency.every", { period: say("dose.period", { unit: period.unit }) })
    : say("dose.frequency.every", { period: saySpan(say, period) });
  if (often.high !== null || often.low === null)
    return say("dose.frequency.range", { low: often.low ?? "0", high: often.high ?? "", every });
  if (isOne(period.limits)) return say("dose.frequency.one", { times: toNumber(often.low), unit: period.unit });
  return isOne(often) ? every : say("dose.frequency.times", { times: often.low, every });
}

/** `10 minutes before breakfast`, `in the morning and at bedtime`. */
function sayEvents(say: Say, timing: DoseTimingDto): string | null {
  if (timing.events.length === 0) return timing.offset === null ? null : `${timing.offset} min`;
  const event = sayList(
    say,
    timing.events.map((event) => say(`event.${event}`)),
  );
  if (timing.offset === null) return event;
  const minutes = toNumber(timing.offset);
  // An offset belongs to "before" and "after"; with other events its direction is not recorded.
  if (!timing.events.every((one) => one.startsWith("before") || one.startsWith("after")))
    return say("dose.offset.other", { minutes, event });
  return minutes >= 60 && minutes % 60 === 0
    ? say("dose.offset.hours", { hours: minutes / 60, event })
    : say("dose.offset", { minutes, event });
}

function sayBounds(say: Say, bounds: ValueDto): string {
  if (bounds.kind !== "period") return say("dose.bounds.for", { span: sayAmount(say, bounds) });
  const { start, end } = bounds;
  if (start !== null && end !== null)
    return say("dose.bounds.between", { start: formatDateTime(start), end: formatDateTime(end) });
  return start === null
    ? say("dose.bounds.until", { end: formatDateTime(end) })
    : say("dose.bounds.from", { start: formatDateTime(start) });
}

function sayMaximum(say: Say, maximum: MaximumDoseDto, unit: string | null): string {
  // The unit of the dose is meant where none is recorded.
  const own = maximum.amount.unit === null ? { ...maximum.amount, unit } : maximum.amount;
  const amount = sayQuantity(say, own);
  if (maximum.per !== "period") return say(`dose.maximum.${maximum.per}`, { amount });
  return maximum.period === null
    ? say("dose.maximum.times", { amount })
    : say("dose.maximum.period", { amount, period: sayPer(say, maximum.period) });
}

/** A recorded word within a line: `By mouth` is `by mouth`; abbreviations such as `IM` stay. */
function toLineCase(text: string): string {
  return /^\p{Lu}\p{Ll}/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

/** The parts of a dosage in one line; empty where there are only recorded words. */
export function sayDosage(say: Say, dosage: DosageDto): string {
  const { timing, doses } = dosage;
  const needed = dosage.asNeededFor === null ? "dose.asNeeded" : "dose.asNeeded.for";
  const asNeeded = dosage.asNeeded ? say(needed, { reason: dosage.asNeededFor ?? "" }) : null;
  // What was calculated stands behind what is to be given.
  const given = doses.filter((dose) => dose.kind !== "calculated").map((dose) => sayDose(say, dose));
  const calculated = doses.filter((dose) => dose.kind === "calculated").map((dose) => sayDose(say, dose));
  const onceInAll = timing.count !== null && isOne(timing.count) && timing.period === null;
  const times = timing.times.length === 0 ? null : say("dose.times", { times: sayList(say, timing.times) });
  const days = timing.days.map((day) => say(`weekday.${day}`));
  const hasDays = days.length > 0;
  const head = [
    given.join(", "),
    calculated.length === 0 ? null : `(${calculated.join(", ")})`,
    dosage.route === null ? null : toLineCase(dosage.route),
    onceInAll ? say("dose.count.once") : sayFrequency(say, timing),
    sayEvents(say, timing),
    hasDays ? null : times,
    asNeeded,
  ];
  return joined(
    [
      joined(head, " "),
      hasDays ? joined([say("dose.days", { days: sayList(say, days) }), times], " ") : null,
      timing.moments.length === 0
        ? null
        : say("dose.moments", {
            moments: sayList(
              say,
              timing.moments.map((at) => formatDateTime(at)),
            ),
          }),
      timing.code,
      timing.duration === null ? null : say("dose.duration", { span: saySpan(say, timing.duration) }),
      timing.count === null || onceInAll
        ? null
        : say("dose.count", {
            number: sayLimits(say, timing.count),
            count: toNumber(timing.count.high ?? timing.count.low ?? ""),
          }),
      timing.bounds === null ? null : sayBounds(say, timing.bounds),
      ...dosage.maxima.map((maximum) => sayMaximum(say, maximum, unitOf(doses))),
      dosage.site === null ? null : say("dose.site", { site: dosage.site }),
      dosage.method === null ? null : say("dose.method", { method: dosage.method }),
    ],
    ", ",
  );
}

/** The one unit of the doses. */
function unitOf(doses: DoseDto[]): string | null {
  const units = doses.map(({ dose }) => {
    if (dose === null) return null;
    if (dose.kind === "quantity") return dose.quantity.unit;
    return dose.kind === "range" ? (dose.high?.unit ?? dose.low?.unit ?? null) : null;
  });
  return units.every((unit) => unit === units[0]) ? (units[0] ?? null) : null;
}

/** A dosage with its recorded words first, then its parts, instructions and what could not be read. */
export function sayWholeDosage(say: Say, dosage: DosageDto): string {
  const unread = dosage.unread.map(({ element, recorded }) => say("dose.unread", { element, recorded }));
  return joined([dosage.words, sayDosage(say, dosage), ...dosage.instructions, ...unread], "; ");
}

/** Whether dosages are steps, one after the other. */
export function areSteps(dosages: readonly DosageDto[]): boolean {
  const numbers = dosages.map((dosage) => dosage.sequence);
  return dosages.length > 1 && !numbers.includes(null) && new Set(numbers).size === numbers.length;
}

/** All dosages of a medicine in one text. */
export function sayDosages(say: Say, dosages: readonly DosageDto[]): string {
  const lines = dosages.map((dosage) => sayWholeDosage(say, dosage));
  return lines.join(areSteps(dosages) ? `; ${say("dose.then")} ` : "; ");
}

/** A quantity that was handed out. */
export function sayHandedOut(say: Say, quantity: QuantityDto): string {
  return sayQuantity(say, quantity);
}

/** The period in which a prescription may be used. */
export function sayValidity(validity: ValueDto): string {
  if (validity.kind !== "period") return "";
  return `${formatDate(validity.start)} – ${formatDate(validity.end)}`;
}

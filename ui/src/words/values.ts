import type { QuantityDto, RangeDto, ValueDto } from "../ipc/bindings";
import { formatDate, formatDateTime } from "./dates";
import { messageFor, type Say } from "./words";

/** A number with its comparator and unit, without what was recorded. */
function sayShown(say: Say, { comparator, number, unit }: QuantityDto): string {
  return [comparator, number ?? say("value.unreadable"), unit].filter((part) => part !== null).join(" ");
}

/** A number with its comparator and unit. */
function sayQuantity(say: Say, quantity: QuantityDto): string {
  const shown = sayShown(say, quantity);
  const { recorded } = quantity;
  return recorded === null ? shown : `${shown} (${say("value.recorded", { value: recorded })})`;
}

/** A value in words, and as it was recorded where that is shown apart. */
export function splitValue(say: Say, value: ValueDto): { shown: string; recorded: string | null } {
  return value.kind === "quantity"
    ? { shown: sayShown(say, value.quantity), recorded: value.quantity.recorded }
    : { shown: sayValue(say, value), recorded: null };
}

/** A reference range with whom it applies to: `12 – 15 g/dL (women, 18 a to 50 a)`. */
export function sayRange(say: Say, range: RangeDto): string {
  const limits = sayLimits(say, range.low, range.high);
  const age = sayLimits(say, range.ageFrom, range.ageTo);
  const about = [range.meaning, ...range.appliesTo, age === "" ? null : say("range.age", { age })];
  const text = [limits, range.text].filter((part) => part !== null && part !== "" && part !== undefined).join(" · ");
  const whom = about.filter((part) => part !== null).join(", ");
  return whom === "" ? text : say("range.of", { range: text === "" ? say("value.unreadable") : text, whom });
}

function sayLimits(say: Say, low: QuantityDto | null, high: QuantityDto | null): string {
  if (low === null) return high === null ? "" : say("range.to", { high: sayShown(say, high) });
  if (high === null) return say("range.from", { low: sayShown(say, low) });
  const sameUnit = low.unit === high.unit;
  const first = sameUnit ? sayShown(say, { ...low, unit: null }) : sayShown(say, low);
  return say("range.between", { low: first, high: sayShown(say, high) });
}

/** A recorded value in words. */
export function sayValue(say: Say, value: ValueDto): string {
  const quantity = (one: QuantityDto | null) => (one === null ? "" : sayQuantity(say, one));
  switch (value.kind) {
    case "quantity":
      return sayQuantity(say, value.quantity);
    case "range": {
      const [low, high] = [quantity(value.low), quantity(value.high)];
      if (low === "") return high === "" ? say("value.unreadable") : say("value.range.to", { high });
      return high === "" ? say("value.range.from", { low }) : say("value.range", { low, high });
    }
    case "ratio": {
      const [numerator, denominator] = [quantity(value.numerator), quantity(value.denominator)];
      const isNumbers = value.numerator?.unit == null && value.denominator?.unit == null;
      return say(isNumbers ? "value.ratio.numbers" : "value.ratio", {
        numerator: numerator || say("value.unreadable"),
        denominator: denominator || say("value.unreadable"),
      });
    }
    case "text":
      return value.text;
    case "boolean":
      return say(value.value ? "value.yes" : "value.no");
    case "date":
      return formatDateTime(value.at);
    case "period":
      return sayPeriod(say, value.start, value.end);
    case "samples": {
      const factor = value.factor === null ? "" : say("value.samples.factor", { factor: value.factor });
      const origin = value.origin === null ? "" : say("value.samples.origin", { origin: sayShown(say, value.origin) });
      const limits = { low: value.lower_limit ?? "–", high: value.upper_limit ?? "–" };
      const isLimited = value.lower_limit !== null || value.upper_limit !== null;
      const range = isLimited ? say("value.samples.limits", limits) : "";
      const data = [value.data ?? say("value.unreadable"), factor, origin, range]
        .filter((part) => part !== "")
        .join(", ");
      return value.interval === null
        ? say("value.samples.only", { data })
        : say("value.samples", { interval: value.interval, data });
    }
    case "file":
      return say("value.file", { name: value.title ?? value.content_type ?? "" });
    case "absent":
      return value.reason === null ? say("absent") : say("absent.reason", { reason: sayReason(say, value.reason) });
    case "unreadable":
      return value.text === null ? say("value.unreadable") : say("value.unreadable.text", { text: value.text });
  }
}

function sayReason(say: Say, reason: string): string {
  const id = messageFor("absent", reason, "absent");
  return id === "absent" ? reason : say(id);
}

/** From one date to another, one of which may be open. */
function sayPeriod(say: Say, start: string | null, end: string | null): string {
  const date = (iso: string) => (iso.includes("T") ? formatDateTime(iso) : formatDate(iso));
  if (start === null) return end === null ? say("value.unreadable") : say("value.period.until", { end: date(end) });
  return end === null
    ? say("value.period.since", { start: date(start) })
    : say("value.period", { start: date(start), end: date(end) });
}

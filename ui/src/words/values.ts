import type { QuantityDto, ValueDto } from "../ipc/bindings";
import { formatDate, formatDateTime } from "./dates";
import { messageFor, type Say } from "./words";

/** A number with its comparator and unit. */
function sayQuantity(say: Say, { comparator, number, unit, recorded }: QuantityDto): string {
  const shown = [comparator, number ?? say("value.unreadable"), unit].filter((part) => part !== null).join(" ");
  return recorded === null ? shown : `${shown} (${say("value.recorded", { value: recorded })})`;
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
      const data = value.data ?? say("value.unreadable");
      return value.interval === null
        ? say("value.samples.only", { data })
        : say("value.samples", { interval: value.interval, data });
    }
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

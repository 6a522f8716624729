import type { QuantityDto, ValueDto } from "../ipc/bindings";
import { formatDate } from "./dates";
import { sayValue } from "./values";
import { messageFor, type Say } from "./words";

/** An age with its UCUM unit in words; any other unit stays as recorded. */
function withUnit(say: Say, quantity: QuantityDto): QuantityDto {
  const id = messageFor("age.unit", quantity.unit ?? "", "value.unreadable");
  return id === "value.unreadable" ? quantity : { ...quantity, unit: say(id) };
}

/** An onset or abatement in words: a date, an age, a range or the recorded words. */
export function sayMoment(say: Say, value: ValueDto): string {
  const side = (quantity: QuantityDto | null) => (quantity === null ? null : withUnit(say, quantity));
  switch (value.kind) {
    case "date":
      return formatDate(value.at);
    case "quantity":
      return say("age", { age: sayValue(say, { ...value, quantity: withUnit(say, value.quantity) }) });
    case "range":
      return say("age", { age: sayValue(say, { ...value, low: side(value.low), high: side(value.high) }) });
    default:
      return sayValue(say, value);
  }
}

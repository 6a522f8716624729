import { expect, test } from "vitest";
import { mayBeAbsent } from "./absence";

const whole = { asOf: "2026-11-22T08:40:00+03:00", missing: [], partial: false };

test("nothing is called absent while a part of the records is not whole", () => {
  expect(mayBeAbsent(whole, ["Condition"])).toBe(true);
  expect(mayBeAbsent({ ...whole, partial: true }, ["Condition"])).toBe(false);
});

test("nothing is called absent of a type that was never downloaded completely", () => {
  const some = { ...whole, missing: ["DiagnosticReport"] };
  expect(mayBeAbsent(some, ["Condition"])).toBe(true);
  expect(mayBeAbsent(some, ["Observation", "DiagnosticReport"])).toBe(false);
});

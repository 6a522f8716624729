import { expect, test } from "vitest";
import { canConfirmAbsence } from "./absence";

const complete = { asOf: "2026-11-22T08:40:00+03:00", missing: [], partial: false };

test("nothing is reported as absent while part of the records is missing", () => {
  expect(canConfirmAbsence(complete, ["Condition"])).toBe(true);
  expect(canConfirmAbsence({ ...complete, partial: true }, ["Condition"])).toBe(false);
});

test("nothing is reported as absent for a type that was never downloaded completely", () => {
  const partly = { ...complete, missing: ["DiagnosticReport"] };
  expect(canConfirmAbsence(partly, ["Condition"])).toBe(true);
  expect(canConfirmAbsence(partly, ["Observation", "DiagnosticReport"])).toBe(false);
});

import { expect, test } from "vitest";
import { type ChartFacts, findAbsence, SUBJECTS } from "./absence";

const complete: ChartFacts = {
  completeness: { asOf: "2026-11-22T08:40:00+03:00", missing: [], unavailable: [], failed: [], partial: false },
  unreadable: [],
  counts: [],
  cut: [],
};
const withCompleteness = (completeness: Partial<ChartFacts["completeness"]>) => ({
  ...complete,
  completeness: { ...complete.completeness, ...completeness },
});

test("nothing is reported as absent while part of the records is missing", () => {
  expect(findAbsence(complete, SUBJECTS.problems)).toEqual({ kind: "none", elsewhere: [] });
  expect(findAbsence(withCompleteness({ partial: true }), SUBJECTS.problems)).toEqual({ kind: "unavailable" });
});

test("nothing is reported as absent for a type that was never downloaded completely", () => {
  for (const types of ["unavailable", "failed"])
    expect(findAbsence(withCompleteness({ [types]: ["Condition"] }), SUBJECTS.problems)).toEqual({
      kind: "unavailable",
    });
  const partly = withCompleteness({ missing: ["DiagnosticReport"] });
  expect(findAbsence(partly, SUBJECTS.problems).kind).toBe("none");
  expect(findAbsence(partly, SUBJECTS.results)).toEqual({ kind: "unavailable" });
});

test("nothing is reported as absent while a record that may be one of these could not be read", () => {
  const withUnreadable = (resourceType: string | null) => ({ ...complete, unreadable: [{ resourceType, count: 2 }] });
  expect(findAbsence(withUnreadable("Condition"), SUBJECTS.problems)).toEqual({ kind: "unreadable", count: 2 });
  expect(findAbsence(withUnreadable(null), SUBJECTS.problems)).toEqual({ kind: "unreadable", count: 2 });
  expect(findAbsence(withUnreadable("Goal"), SUBJECTS.problems).kind).toBe("none");
});

test("an absence names the tabs where the same may be recorded in another form", () => {
  const counts: ChartFacts["counts"] = [
    { tab: "reports", count: 2 },
    { tab: "visits", count: 7 },
  ];
  expect(findAbsence({ ...complete, counts }, SUBJECTS.results)).toEqual({
    kind: "none",
    elsewhere: [{ tab: "reports", count: 2 }],
  });
});

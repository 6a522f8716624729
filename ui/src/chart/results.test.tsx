import { render, screen, within } from "@testing-library/react";
import { IntlProvider } from "react-intl";
import { expect, test } from "vitest";
import type { RangeDto, ResultDto, ValueDto, VitalPointDto, VitalSeriesDto } from "../ipc/bindings";
import { makeQuantity } from "../ipc/fake/chart-vitals";
import { sayRange } from "../words/values";
import { messages, useWords } from "../words/words";
import { Measurement } from "./measurement.view";
import { ResultsCard } from "./results-card.view";
import { drawnLines, sayMeasurement, undrawnCount } from "./vital-points";
import { VitalsCard } from "./vitals-card.view";

function show(node: React.ReactNode) {
  return render(
    <IntlProvider locale="en" messages={messages}>
      {node}
    </IntlProvider>,
  );
}

function Say({ text }: { text: (say: ReturnType<typeof useWords>) => string }) {
  return <p>{text(useWords())}</p>;
}

const said = (text: (say: ReturnType<typeof useWords>) => string): string => {
  const { container, unmount } = show(<Say text={text} />);
  const found = container.textContent ?? "";
  unmount();
  return found;
};

const result = (part: Partial<ResultDto>): ResultDto => ({
  id: "r1",
  isReport: false,
  name: "Haemoglobin",
  value: makeQuantity("5.1", "g/dL"),
  flag: "LL",
  interpretation: [],
  ranges: [],
  parts: [],
  taken: "2026-11-28T08:00:00Z",
  until: null,
  panel: null,
  same: [],
  details: [],
  marks: [],
  mayMarkEnteredInError: false,
  corrected: null,
  record: "synced",
  ...part,
});

const range = (part: Partial<RangeDto>): RangeDto => ({
  low: null,
  high: null,
  text: null,
  meaning: null,
  appliesTo: [],
  ageFrom: null,
  ageTo: null,
  ...part,
});

const quantity = (number: string, unit: string) => ({ comparator: null, number, unit, recorded: null });

const point = (values: [sign: "systolic" | "diastolic" | "pulse", value: ValueDto, number: number | null][]) =>
  ({
    id: "o1",
    at: 0,
    taken: "2026-11-22T08:00:00Z",
    values: values.map(([sign, value, number]) => ({
      id: "o1",
      sign,
      number,
      value,
      flag: null,
      interpretation: [],
      ranges: [],
    })),
    same: [],
    marks: [],
    details: [],
    mayMarkEnteredInError: false,
    record: "synced",
  }) satisfies VitalPointDto;

test("a critical result and the conclusion of a report are in the summary", () => {
  const conclusion = { kind: "conclusion" as const, text: "Large pulmonary embolism, both main arteries." };
  const report = result({ id: "r2", isReport: true, name: "Chest CT", value: null, flag: null, details: [conclusion] });
  show(<ResultsCard results={[result({}), report]} />);
  const [first, second] = screen.getAllByRole("listitem");
  expect(first).toHaveTextContent("Haemoglobin");
  expect(first).toHaveTextContent("5.1 g/dL LL");
  expect(second).toHaveTextContent("Conclusion: Large pulmonary embolism, both main arteries.");
});

test("a result says its status, its interpretation and what else is recorded, and a cancelled one has no value", () => {
  show(
    <ResultsCard
      results={[
        result({
          marks: [{ kind: "status", code: "cancelled", reason: null }],
          value: null,
          flag: null,
          details: [{ kind: "note", text: "haemolysed" }],
        }),
        result({ id: "r3", flag: "H", interpretation: ["Significantly high"] }),
      ]}
    />,
  );
  const [first, second] = screen.getAllByRole("listitem");
  expect(within(first as HTMLElement).getByText(/cancelled/i)).toBeVisible();
  expect(first).toHaveTextContent("Comment: haemolysed");
  expect(first).not.toHaveTextContent("5.1");
  expect(second).toHaveTextContent("Significantly high");
});

test.each([
  [range({ low: quantity("3.5", "mmol/L"), high: quantity("5.1", "mmol/L") }), "3.5 to 5.1 mmol/L"],
  [range({ low: quantity("12", "g/dL") }), "12 g/dL or more"],
  [range({ high: quantity("42", "U/L"), text: "below 42" }), "42 U/L or less · below 42"],
  [
    range({ low: quantity("12", "g/dL"), appliesTo: ["Female"], ageFrom: quantity("18", "a"), meaning: "treatment" }),
    "12 g/dL or more (treatment, Female, age 18 a or more)",
  ],
  [range({ text: "negative" }), "negative"],
])("a reference range is said with whom it applies to", (recorded, expected) => {
  expect(said((say) => sayRange(say, recorded))).toBe(expected);
});

test("a panel lists its members, and is no vital sign of the summary", () => {
  const details = ["Heart rate", "Body temperature"].map((text) => ({ kind: "member" as const, text }));
  show(<ResultsCard results={[result({ name: "Vital signs panel", value: null, flag: null, details })]} />);
  expect(screen.getByRole("listitem")).toHaveTextContent("Includes: Heart rate · Body temperature");
  const series: VitalSeriesDto = {
    key: "other",
    name: "Routine set",
    enteredInError: [],
    unit: null,
    latest: null,
    age: null,
    older: false,
    ranges: [],
    points: [{ ...point([]), details }],
  };
  show(<VitalsCard vitals={[series]} />);
  expect(screen.queryByText("Routine set")).toBeNull();
});

test("a blood pressure reads as one value, and a missing side is not hidden", () => {
  const both = point([
    ["systolic", makeQuantity("162", "mmHg"), 162],
    ["diastolic", makeQuantity("98", "mmHg"), 98],
  ]);
  expect(said((say) => sayMeasurement(say, both))).toBe("162/98 mmHg");
  const absent = point([
    ["systolic", makeQuantity("162", "mmHg"), 162],
    ["diastolic", { kind: "absent", reason: "not-performed" }, null],
  ]);
  expect(said((say) => sayMeasurement(say, absent))).toBe("162 mmHg/No value: not performed");
  expect(said((say) => sayMeasurement(say, point([["diastolic", makeQuantity("98", "mmHg"), 98]])))).toBe("–/98 mmHg");
  const { container } = show(<Measurement point={both} />);
  expect(container).toHaveTextContent("162 / 98 mmHg");
});

test("a converted value says what was recorded, and a value of an unknown unit is not drawn", () => {
  const converted = point([["pulse", makeQuantity("39.5", "°C", "103.1 F"), 39.5]]);
  show(<Measurement point={converted} below />);
  expect(screen.getByText("recorded as 103.1 F")).toBeVisible();
  const unknown = point([["pulse", makeQuantity("5", "bags"), null]]);
  const series: VitalSeriesDto = {
    key: "pulse",
    name: null,
    enteredInError: [],
    unit: "/min",
    latest: converted,
    age: { unit: "minutes", count: 5 },
    older: true,
    ranges: [],
    points: [unknown, converted],
  };
  expect(said((say) => String(drawnLines(say, series)[0]?.points.length))).toBe("1");
  expect(undrawnCount(series)).toBe(1);
  show(<VitalsCard vitals={[series]} />);
  expect(screen.getByText("5 min")).toBeVisible();
  expect(screen.getByText("older than the newest set")).toBeVisible();
});

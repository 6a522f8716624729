import { render, screen } from "@testing-library/react";
import { IntlProvider } from "react-intl";
import { expect, test } from "vitest";
import type { DetailDto, MarkDto, QuantityDto } from "../ipc/bindings";
import { axeViolations } from "../testing/show";
import { messages } from "../words/words";
import { Marks } from "./marks.view";
import { RecordDetails } from "./record-details.view";

function show(children: React.ReactNode) {
  render(
    <IntlProvider locale="en" messages={messages}>
      <main>{children}</main>
    </IntlProvider>,
  );
}

const quantity = (number: string, unit: string | null, more: Partial<QuantityDto> = {}): QuantityDto => ({
  comparator: null,
  number,
  unit,
  recorded: null,
  ...more,
});

const detail = (element: string, value: DetailDto["value"], parts: DetailDto[] = [], dataType = ""): DetailDto => ({
  element,
  dataType: dataType === "" ? null : dataType,
  value,
  parts,
  continued: false,
});

const text = (words: string): DetailDto["value"] => ({ kind: "value", value: { kind: "text", text: words } });

test("every element is shown with its label", async () => {
  const low = quantity("3.5", "mmol/L");
  show(
    <RecordDetails
      details={[
        detail("status", { kind: "code", code: "in-progress" }),
        detail("code", {
          kind: "concept",
          text: "Potassium",
          codes: [{ system: "http://loinc.org", code: "2823-3", display: "Potassium [Moles/volume]" }],
        }),
        detail("value", {
          kind: "value",
          value: { kind: "quantity", quantity: quantity("1.50", "mcg", { comparator: "<", recorded: "1.50 ug" }) },
        }),
        detail("referenceRange", null, [
          detail("appliesTo", { kind: "value", value: { kind: "range", low, high: null } }),
        ]),
        detail("bodySite", { kind: "value", value: { kind: "absent", reason: "not-asked" } }),
        detail("name", null, [detail("family", text("Ωmega")), detail("given", text("Ada"))], "HumanName"),
        detail("performer", { kind: "reference", name: "Dr Jonas Mbeki", reference: "Practitioner/jonas" }),
        detail("system", { kind: "code", code: "mm[Hg]" }),
        detail("data", { kind: "bytes", count: 5 }),
        detail("note", { kind: "markdown", text: "first\nsecond" }),
      ]}
    />,
  );
  const shown = screen.getByRole("main");
  for (const words of [
    "Statusin-progress",
    "PotassiumPotassium [Moles/volume] · 2823-3 · http://loinc.org",
    "< 1.50 mcg (recorded as 1.50 ug)",
    "Applies to3.5 mmol/L or more",
    "Body siteNo value: not asked",
    "Ada Ωmega",
    "Dr Jonas MbekiPractitioner/jonas",
    "5 B, not shown here",
    "Systemmm[Hg]",
    "first\nsecond",
  ])
    expect(shown).toHaveTextContent(words, { normalizeWhitespace: false });
  expect(await axeViolations()).toEqual([]);
});

const MARKS: [MarkDto, string][] = [
  [{ kind: "status", code: "on-hold", reason: "INR too high" }, "On hold: INR too high"],
  [{ kind: "status", code: "preliminary", reason: null }, "Preliminary"],
  [{ kind: "status", code: "foo", reason: null }, "Foo"],
  [{ kind: "intent", code: "plan" }, "Plan, not an order"],
  [{ kind: "verification", code: "refuted" }, "Refuted (ruled out)"],
  [{ kind: "verification", code: "Suspected DVT-PE" }, "Suspected DVT-PE"],
  [{ kind: "do_not" }, "DO NOT give or do"],
  [{ kind: "entered_in_error" }, "Entered in error"],
  [{ kind: "focus", whom: "Fetus" }, "About Fetus, not the patient"],
  [{ kind: "superseded", by: "Patient/2", at: null }, "Replaced by Patient/2"],
  [{ kind: "in_future" }, "Dated in the future"],
  [{ kind: "missing", element: "status" }, "Status not recorded"],
  [{ kind: "inactive" }, "No longer in use"],
  [{ kind: "deceased", at: "2026-01" }, "Died Jan-2026"],
  [{ kind: "subpotent", reason: null }, "Dose may not be effective"],
  [{ kind: "linked", code: "replaces", other: "Patient/2" }, "Replaces Patient/2"],
  [
    { kind: "element", element: "activity.detail.doNotPerform", recorded: ["true"] },
    "Activity › Detail › Do not give or do: true",
  ],
  [
    { kind: "unsafe", elements: ["status", "modifierExtension"] },
    "Could not be shown safely: Status, Item that changes the meaning",
  ],
];

test.each(MARKS)("%o is a chip in words", (mark, words) => {
  show(<Marks marks={[mark]} />);
  expect(screen.getByText(words)).toBeVisible();
});

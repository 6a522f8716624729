import { render, screen, within } from "@testing-library/react";
import { IntlProvider } from "react-intl";
import { expect, test } from "vitest";
import type { MedicineDto } from "../ipc/bindings";
import { fakeDosage, fakeMedicine } from "../ipc/fake/medicines";
import { axeViolations } from "../testing/show";
import { messages } from "../words/words";
import { MedicinesCard, MedicinesTab } from "./medicines.view";

function show(children: React.ReactNode) {
  render(
    <IntlProvider locale="en" messages={messages}>
      <main>{children}</main>
    </IntlProvider>,
  );
}

const ALL: MedicineDto[] = [
  fakeMedicine({ id: "a", name: "ibuprofen", group: "do_not_give", marks: [{ kind: "do_not" }] }),
  fakeMedicine({
    id: "b",
    name: "methotrexate",
    dosages: [{ ...fakeDosage("4", "tablet", 1), words: "four tablets on Monday of each week only" }],
    recorded: ["Methotrexate 2.5mg tablets"],
    notes: ["check the blood count"],
    history: [
      {
        reference: "MedicationDispense/d",
        kind: "dispense",
        at: "2026-11-10",
        status: "declined",
        marks: [{ kind: "status", code: "declined", reason: "out of stock" }],
        name: "nasonex 0.05 mg/actuation",
        recorded: ["Nasonex 0.05mg/ACTUAT"],
        quantity: { comparator: null, number: "30", unit: "tablet", recorded: null },
        dosages: [],
        who: "Dr Bo",
        notes: [],
      },
    ],
  }),
  fakeMedicine({
    id: "c",
    name: "warfarin",
    group: "on_hold",
    status: "on-hold",
    marks: [{ kind: "status", code: "on-hold", reason: "bleeding" }],
  }),
  fakeMedicine({ id: "d", name: "apixaban", kind: "dispense", group: "without_order" }),
  fakeMedicine({ id: "e", name: "metformin", group: "planned", marks: [{ kind: "intent", code: "plan" }] }),
  fakeMedicine({
    id: "f",
    name: "digoxin",
    group: "unknown",
    marks: [{ kind: "status", code: "unknown", reason: null }],
  }),
  fakeMedicine({ id: "g", name: "amoxicillin", group: "past", ended: { by: "course", at: "2024-03-10" } }),
];

const region = (name: string) => within(screen.getByRole("region", { name }));

test("each group is a card of its own, and the one not to give comes first", async () => {
  show(<MedicinesTab medicines={ALL} />);
  expect(screen.getAllByRole("heading").map((heading) => heading.textContent)).toEqual([
    "Do not give",
    "Current medicines",
    "On hold",
    "Status unknown",
    "Handed out or given, without an order here",
    "Planned or proposed",
    "Past medicines",
  ]);
  expect(region("Do not give").getByText("ibuprofen")).toBeVisible();
  expect(region("On hold").getByText("On hold: bleeding")).toBeVisible();
  expect(region("Past medicines").getByText("Course over · 10-Mar-2024")).toBeVisible();
  const current = region("Current medicines");
  expect(current.getByText("“four tablets on Monday of each week only”")).toBeVisible();
  expect(current.getByText("4 tablets oral once a day")).toBeVisible();
  expect(current.getByText("Recorded as “Methotrexate 2.5mg tablets”")).toBeVisible();
  expect(current.getByText("Note: check the blood count")).toBeVisible();
  expect(
    current.getByText(
      /^Handed out by Dr Bo · 10-Nov-2026 · nasonex.* · Recorded as “Nasonex 0.05mg\/ACTUAT” · Quantity: 30 tablets$/,
    ),
  ).toBeVisible();
  expect(current.queryByText("warfarin")).toBeNull();
  expect(await axeViolations()).toEqual([]);
});

test("the summary shows what must not be missed beside the current medicines", () => {
  show(<MedicinesCard medicines={ALL} />);
  for (const name of ["Do not give", "Current medicines", "On hold", "Status unknown"])
    expect(screen.getByRole("region", { name })).toBeVisible();
  expect(screen.queryByText("metformin")).toBeNull();
});

test("where the use of a medicine is open, nothing is said to be absent", () => {
  show(<MedicinesCard medicines={ALL.filter((medicine) => medicine.group === "without_order")} />);
  expect(screen.queryByText(/No current medicines/)).toBeNull();
});

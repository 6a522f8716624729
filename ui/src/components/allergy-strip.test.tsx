import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { show } from "../testing/show";

const banner = () => screen.getByRole("region", { name: "Patient" });

test.each(["summary", "timeline", "results", "medicines", "problems", "family_history"])(
  "the banner names every allergen on the tab %s",
  async (tab) => {
    await show({ role: "nurse" }, `/chart/p1/${tab}`);
    expect(within(banner()).getByText("Penicillin (Severe)")).toBeVisible();
    expect(within(banner()).getByText("Latex (Not confirmed)")).toBeVisible();
    expect(banner()).not.toHaveTextContent("Aspirin");
  },
);

test.each([
  ["p2", "No known allergies"],
  ["p3", "Allergies not recorded"],
  ["p6", "No known drug allergies; others not recorded"],
  ["p7", "Allergies unavailable"],
])("%s has the allergy state in the banner: %s", async (patient, text) => {
  await show({ role: "nurse" }, `/chart/${patient}/timeline`);
  expect(within(banner()).getByText(text)).toBeVisible();
});

test("an order not to do something is in the banner and says so", async () => {
  await show({ role: "nurse" }, "/chart/p4/summary");
  expect(within(banner()).getByText("Do not: Cardiopulmonary resuscitation")).toBeVisible();
  expect(within(banner()).getByText("Sulfonamides")).toBeVisible();
  expect(within(banner()).getByText("There may be others")).toBeVisible();
});

test("a role that sees no allergies has none in the banner", async () => {
  await show({ role: "front-desk" }, "/chart/p1/summary");
  expect(banner()).not.toHaveTextContent(/allerg|Penicillin/i);
});

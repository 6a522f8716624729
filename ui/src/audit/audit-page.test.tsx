import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { requestsOf, show } from "../testing/show";

test("empty: no events", async () => {
  await show({ role: "privacy-officer", empty: true });
  expect(screen.getByText("No events of this type.")).toBeVisible();
});

test("populated: patients are masked and failed sign-ins are highlighted", async () => {
  await show({ role: "privacy-officer" });
  expect(screen.getByText("7 failed unlocks in the last 24 hours")).toBeVisible();
  expect(screen.getAllByText("••••").length).toBeGreaterThan(0);
  expect(document.body.textContent).not.toContain("GONZÁLEZ");
});

test("the list can be reached with the keyboard even if its rows have no button", async () => {
  await show({ role: "privacy-officer" });
  expect(screen.getByRole("region", { name: "Access review" })).toHaveAttribute("tabindex", "0");
});

test("a cause is translated, a typed reason is shown verbatim", async () => {
  await show({ role: "privacy-officer" });
  expect(screen.getAllByText("Inactivity")[0]).toBeVisible();
  expect(screen.getAllByText("sleep")[0]).toBeVisible();
});

test("unmasking needs a reason and shows the name on this screen", async () => {
  const { user, ipc } = await show({ role: "privacy-officer" });
  await user.click(screen.getAllByRole("button", { name: /Show the patient in the event/ })[0] as HTMLElement);
  const dialog = await screen.findByRole("dialog", { name: "Show who the patient is" });
  await user.click(within(dialog).getByRole("button", { name: "Show" }));
  expect(await within(dialog).findByRole("alert")).toBeVisible();
  expect(requestsOf(ipc, "unmask")).toEqual([]);
  await user.type(within(dialog).getByLabelText("Why do you need to know?"), "complaint 14");
  await user.click(within(dialog).getByRole("button", { name: "Show" }));
  expect(await screen.findByText("GONZÁLEZ, María Fernanda · 03-Feb-1961")).toBeVisible();
  expect(requestsOf(ipc, "unmask")).toEqual([{ sequence: 18244, reason: "complaint 14" }]);
});

test("unmasking an event about several patients shows all of them", async () => {
  const { user, ipc } = await show({ role: "privacy-officer" });
  expect(screen.getAllByText("3 patients").length).toBeGreaterThan(0);
  await user.click(screen.getAllByRole("button", { name: /Show the 3 patients in the event/ })[0] as HTMLElement);
  const dialog = await screen.findByRole("dialog", { name: "Show who the 3 patients are" });
  await user.type(within(dialog).getByLabelText("Why do you need to know?"), "complaint 14");
  await user.click(within(dialog).getByRole("button", { name: "Show" }));
  const named = await screen.findByRole("dialog", { name: "The 3 patients in this event" });
  expect(within(named).getByText("GONZÁLEZ, María Fernanda · 03-Feb-1961")).toBeVisible();
  expect(within(named).getByText("OKELLO, Baraka · 11-Jun-2025")).toBeVisible();
  expect(within(named).getByText("One patient whose record is not on this workstation.")).toBeVisible();
  expect(requestsOf(ipc, "unmask")).toEqual([{ sequence: 18236, reason: "complaint 14" }]);
});

test("the filter selects one event class", async () => {
  const { user, ipc } = await show({ role: "privacy-officer" });
  await user.selectOptions(screen.getByLabelText("Show"), "unlock_failed");
  await waitFor(() =>
    expect(requestsOf(ipc, "audit_events").at(-1)).toMatchObject({ class: "unlock_failed", offset: 0 }),
  );
});

test("an event that was recorded later shows when it happened", async () => {
  await show({ role: "privacy-officer" });
  expect(screen.getAllByText(/happened .+, recorded later/)).toHaveLength(1);
});

test("an alert stays open until it is signed off", async () => {
  const { user, ipc } = await show({ role: "privacy-officer" });
  expect(screen.getByText("1 alert is not signed off")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Show alerts" }));
  await waitFor(() => expect(requestsOf(ipc, "audit_events").at(-1)).toMatchObject({ class: null, openAlerts: true }));
  await user.click(await screen.findByRole("button", { name: /Sign off the alert of/ }));
  const dialog = await screen.findByRole("dialog", { name: "Sign off this alert" });
  await user.selectOptions(within(dialog).getByLabelText("What did you find out?"), "backup_restored");
  await user.click(within(dialog).getByRole("button", { name: "Sign off" }));
  await waitFor(() => expect(screen.queryByText("1 alert is not signed off")).toBeNull());
  expect(requestsOf(ipc, "sign_off_alerts")).toEqual([{ sequences: [18241], explanation: "backup_restored" }]);
});

import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Role } from "../ipc/bindings";
import { makeFailure } from "../ipc/fake/fake-ipc";
import { STAFF } from "../ipc/fake/staff";
import { requestsOf, show } from "../testing/show";

test("empty: no one is waiting", async () => {
  await show({ role: "nurse", empty: true });
  expect(screen.getByText("No one is waiting.")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Next patient" })).toBeNull();
});

test("error: what happened and what is safe", async () => {
  await show({ role: "nurse", failing: { worklist: makeFailure("io") } });
  expect(screen.getByRole("alert")).toHaveTextContent("The disk reported an error");
});

test("populated: the longest wait comes first, and N opens it with the vitals form", async () => {
  const { user } = await show({ role: "nurse" });
  expect(screen.getByText("7 patients, longest wait 48 min")).toBeVisible();
  expect(screen.getByText("Penicillin: anaphylaxis")).toBeVisible();
  await user.keyboard("n");
  expect(await screen.findByRole("form", { name: "Record vitals" })).toBeVisible();
  expect(screen.getByRole("heading", { name: "GONZÁLEZ, María Fernanda" })).toBeVisible();
});

test("a sync that completed before the screen received events still refreshes the list", async () => {
  const { ipc } = await show({ role: "nurse" });
  const before = requestsOf(ipc, "worklist").length;
  const chip = { state: "idle", complete: "2026-11-22T13:59:00+03:00", pending: 0, failed: 0, conflicts: 0 } as const;
  ipc.emit("sync_chip", chip);
  await waitFor(() => expect(requestsOf(ipc, "worklist").length).toBe(before + 1));
  ipc.emit("sync_chip", { ...chip, pending: 1 });
  await waitFor(() => expect(screen.getByText(/1 waiting/)).toBeVisible());
  expect(requestsOf(ipc, "worklist").length).toBe(before + 1);
});

test("the sync chip is read again once events are received", async () => {
  const { ipc } = await show({ role: "nurse" });
  expect(requestsOf(ipc, "sync_chip").length).toBe(2);
});

test("the arrow keys move between rows and Enter opens one", async () => {
  const { user } = await show({ role: "nurse" });
  screen.getByRole("button", { name: /GONZÁLEZ/ }).focus();
  await user.keyboard("{ArrowDown}{ArrowDown}");
  await waitFor(() => expect(screen.getByRole("button", { name: /NGUYỄN/ })).toHaveFocus());
  await user.keyboard("{End}");
  await waitFor(() => expect(screen.getByRole("button", { name: /GONSALVES/ })).toHaveFocus());
  await user.keyboard("{Home}{Enter}");
  expect(await screen.findByRole("heading", { name: "GONZÁLEZ, María Fernanda" })).toBeVisible();
});

test("front desk checks a patient in and undoes it", async () => {
  const { user, ipc } = await show({ role: "front-desk" });
  await user.click(screen.getByRole("button", { name: "Check in FERREIRA, Imani" }));
  await user.click(await screen.findByRole("button", { name: "Undo check-in of FERREIRA, Imani" }));
  await waitFor(() =>
    expect(requestsOf(ipc, "check_in")).toEqual([
      { appointment: "ap8", arrived: true },
      { appointment: "ap8", arrived: false },
    ]),
  );
});

const HOMES: Record<Role, string> = {
  physician: "My patients",
  nurse: "Waiting now",
  pharmacist: "To dispense",
  laboratory: "Specimens",
  "front-desk": "Today",
  billing: "Charges to review",
  "privacy-officer": "Access review",
  "it-administrator": "This workstation",
};

test.each(STAFF)("$role starts at its home screen", async ({ role }) => {
  await show({ role });
  expect(screen.getByRole("heading", { level: 1, name: HOMES[role] })).toBeVisible();
});

test.each(["privacy-officer", "it-administrator"] as const)("%s cannot search for patients", async (role) => {
  const { ipc, user } = await show({ role });
  expect(screen.queryByRole("searchbox")).toBeNull();
  await user.keyboard("{Control>}k{/Control}");
  await screen.findByRole("dialog", { name: "Patients and commands" });
  expect(requestsOf(ipc, "search_patients")).toEqual([]);
  expect(requestsOf(ipc, "worklist")).toEqual([]);
});

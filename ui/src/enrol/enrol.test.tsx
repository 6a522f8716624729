import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { makeFailure } from "../ipc/fake/fake-ipc";
import { FAKE_CODE } from "../ipc/fake/staff";
import { axeViolations, requestsOf, show } from "../testing/show";
import { ratePassword } from "./password-strength";

const startEnrolment = async (options = {}) => {
  const shown = await show({ lock: { users: [] }, ...options });
  await shown.user.click(screen.getByRole("button", { name: "Enrol this workstation" }));
  await shown.user.type(await screen.findByLabelText("Workstation name"), "Room 3 workstation");
  return shown;
};

test("populated: from the workstation's name to the lock screen", async () => {
  const { user, ipc } = await startEnrolment();
  expect(await axeViolations()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Sign in using the browser" }));
  expect(await screen.findByText(/https:\/\/login\.kisumu-north\.example/)).toBeVisible();
  expect(await axeViolations()).toEqual([]);
  const password = await screen.findByLabelText("Workstation password", {}, { timeout: 6000 });
  expect(await axeViolations()).toEqual([]);
  await user.type(password, "four quiet goats");
  await user.type(screen.getByLabelText("Repeat password"), "four quiet goat");
  await user.click(screen.getByRole("button", { name: "Next" }));
  expect(await screen.findByText("The passwords do not match.")).toBeVisible();
  await user.type(screen.getByLabelText("Repeat password"), "s");
  await user.click(screen.getByRole("button", { name: "Next" }));
  expect(await screen.findByRole("img", { name: /QR code/ })).toBeVisible();
  expect(screen.getByText("JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP")).toBeVisible();
  expect(await axeViolations()).toEqual([]);
  await user.type(screen.getByLabelText("Workstation code"), `${FAKE_CODE}{Enter}`);
  expect(await screen.findByRole("heading", { name: "You are enrolled" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Go to the lock screen" }));
  expect(await screen.findAllByRole("radio")).toHaveLength(3);
  expect(requestsOf(ipc, "enrol_begin")).toEqual([
    { server: "https://fhir.kisumu-north.example/r4", workstation: "Room 3 workstation" },
  ]);
  expect(requestsOf(ipc, "enrol_password")).toEqual([{ password: "four quiet goats" }]);
});

test("empty: a workstation without a name is not enrolled", async () => {
  const { user, ipc } = await startEnrolment();
  await user.clear(screen.getByLabelText("Workstation name"));
  await user.click(screen.getByRole("button", { name: "Sign in using the browser" }));
  expect(await screen.findByText("Enter a name for the workstation.")).toBeVisible();
  expect(requestsOf(ipc, "enrol_begin")).toEqual([]);
});

test("error: an unreachable server is named and the form stays", async () => {
  const { user } = await startEnrolment({ failing: { enrol_begin: makeFailure("server_unreachable") } });
  await user.click(screen.getByRole("button", { name: "Sign in using the browser" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("The server cannot be reached");
  expect(screen.getByLabelText("Workstation name")).toHaveValue("Room 3 workstation");
});

test("cancelling the sign-in goes back to the first step", async () => {
  const { user, ipc } = await startEnrolment({ offline: true });
  await user.click(screen.getByRole("button", { name: "Sign in using the browser" }));
  await user.click(await screen.findByRole("button", { name: "Cancel" }));
  expect(await screen.findByLabelText("Server address")).toBeVisible();
  await waitFor(() => expect(requestsOf(ipc, "enrol_cancel")).toHaveLength(1));
});

test.each([
  ["short", 0],
  ["aaaaaaaaaaaaaa", 1],
  ["abcdefghijkl", 1],
  ["correct horse battery staple", 3],
  ["Correct horse 9 battery!", 4],
] as const)("the strength of %s is %i", (password, strength) => expect(ratePassword(password, 12)).toBe(strength));

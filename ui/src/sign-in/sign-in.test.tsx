import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { makeFailure } from "../ipc/fake/fake-ipc";
import { STAFF } from "../ipc/fake/staff";
import { requestsOf, show } from "../testing/show";

const users = STAFF.slice(0, 3).map((user, index) => (index === 0 ? { ...user, state: "held" as const } : user));

test("an ended sign-in is renewed from the open session", async () => {
  const { user, ipc } = await show({ role: "nurse", signInEnded: true });
  expect(screen.getByText("Your clinic sign-in has ended: nothing is being sent or received")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Sign in again" }));
  const dialog = await screen.findByRole("dialog", { name: "Sign in to your clinic again" });
  expect(await within(dialog).findByText(/login.kisumu-north.example/)).toBeVisible();
  expect(requestsOf(ipc, "sign_in_again")).toEqual([{ user: null }]);
  expect(await within(dialog).findByText("You are signed in", undefined, { timeout: 5000 })).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Continue" }));
  await waitFor(() => expect(screen.queryByText(/clinic sign-in has ended/)).toBeNull());
  expect(requestsOf(ipc, "sign_in_cancel")).toEqual([]);
});

test("Escape cancels the sign-in", async () => {
  const { user, ipc } = await show({ role: "nurse", signInEnded: true });
  await user.click(screen.getByRole("button", { name: "Sign in again" }));
  await screen.findByRole("dialog", { name: "Sign in to your clinic again" });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(requestsOf(ipc, "sign_in_cancel")).toHaveLength(1));
});

test("error: a different person signed in", async () => {
  const { user } = await show({ role: "nurse", signInEnded: true, failing: { sign_in_again: makeFailure("refused") } });
  await user.click(screen.getByRole("button", { name: "Sign in again" }));
  expect(await screen.findByText("A different person signed in")).toBeVisible();
});

test("a user on hold signs in from the lock screen and may then unlock", async () => {
  const { user, ipc } = await show({ lock: { users } });
  await user.click(screen.getByRole("button", { name: "Sign in online" }));
  expect(await screen.findByText(/login.kisumu-north.example/)).toBeVisible();
  expect(requestsOf(ipc, "sign_in_again")).toEqual([{ user: "a0" }]);
  expect(await screen.findByText(/unlock within 5 minutes/, undefined, { timeout: 5000 })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Continue" }));
  expect(await screen.findByLabelText("Workstation password")).toBeVisible();
});

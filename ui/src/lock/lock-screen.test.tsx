import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { FAKE_CODE, FAKE_PASSWORD, STAFF } from "../ipc/fake/staff";
import { requestsOf, show, waitUntilLoaded } from "../testing/show";

const resuming = STAFF.slice(0, 3).map((user, index) => ({ ...user, resume: index === 0 }));

test("empty: explains enrolment and offers it", async () => {
  await show({ lock: { users: [] } });
  expect(screen.getByText("No one is enrolled on this workstation yet.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Enrol this workstation" })).toHaveFocus();
});

test("populated: shows users, site and pending changes, and focuses the password", async () => {
  await show({});
  expect(screen.getAllByRole("radio")).toHaveLength(3);
  expect(screen.getByText(/Sunday 22-Nov-2026 · Room 3 workstation, Kisumu North Health Centre/)).toBeVisible();
  expect(screen.getByText("3 waiting to send")).toBeVisible();
  expect(screen.getByLabelText("Workstation password")).toHaveFocus();
  expect(screen.getByText(/Demo data/)).toBeVisible();
});

test("unlocks with password and pasted code", async () => {
  const { user, ipc } = await show({});
  await user.keyboard(FAKE_PASSWORD);
  await user.click(screen.getByLabelText("Workstation code"));
  await user.paste("407 115");
  await user.click(screen.getByRole("button", { name: "Unlock" }));
  await waitUntilLoaded();
  expect(await screen.findByRole("heading", { name: "Waiting now" })).toBeVisible();
  expect(requestsOf(ipc, "unlock")).toEqual([
    { user: "a0", password: FAKE_PASSWORD, code: FAKE_CODE, phoneTime: null },
  ]);
});

test("error: a wrong password and a wrong code read the same, with the attempts left", async () => {
  const { user } = await show({});
  await user.keyboard(`wrong{Tab}${FAKE_CODE}{Enter}`);
  expect(await screen.findByText("Incorrect password or code")).toBeVisible();
  expect(screen.getByText(/4 attempts left before your sign-in here is blocked/)).toBeVisible();
  expect(screen.getByLabelText("Workstation password")).toHaveFocus();
  expect(screen.getByLabelText("Workstation password")).toHaveValue("");
});

test("error: a used code does not count as a failed attempt and shows a countdown", async () => {
  const { user } = await show({});
  await user.keyboard(`${FAKE_PASSWORD}{Tab}000000{Enter}`);
  expect(await screen.findByText(/next code in 1\d s/)).toBeVisible();
  expect(screen.getByLabelText("Workstation code")).toHaveFocus();
});

test("error: an empty form is not sent to Rust", async () => {
  const { user, ipc } = await show({});
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("Enter your password and the 6-digit code.");
  expect(requestsOf(ipc, "unlock")).toEqual([]);
});

test("resuming needs the password only; after a wrong one the code is needed again", async () => {
  const { user, ipc } = await show({ lock: { users: resuming } });
  expect(screen.queryByLabelText("Workstation code")).toBeNull();
  await user.keyboard("wrong{Enter}");
  await waitFor(() => expect(screen.getByLabelText("Workstation code")).toBeInTheDocument());
  expect(requestsOf(ipc, "unlock")).toEqual([{ user: "a0", password: "wrong", code: null, phoneTime: null }]);
});

test("the unlock button is disabled while throttled", async () => {
  const users = STAFF.slice(0, 2).map((user) => ({ ...user, waitSeconds: 30 }));
  await show({ lock: { users } });
  expect(screen.getByText(/wait \d+ seconds/)).toBeVisible();
  expect(screen.getByRole("button", { name: "Unlock" })).toBeDisabled();
});

test("with a wrong clock the phone's date and time are required", async () => {
  const { user, ipc } = await show({ lock: { clockWrong: true } });
  await user.type(screen.getByLabelText("Date on your phone"), "2026-11-22");
  await user.type(screen.getByLabelText("Time on your phone"), "14:07");
  await user.type(screen.getByLabelText("Workstation password"), FAKE_PASSWORD);
  await user.type(screen.getByLabelText("Workstation code"), `${FAKE_CODE}{Enter}`);
  await waitFor(() => expect(requestsOf(ipc, "unlock")).toHaveLength(1));
  expect(requestsOf(ipc, "unlock")[0]).toMatchObject({ phoneTime: "2026-11-22T14:07:00+03:00" });
});

test("after a failed attempt the phone's time is requested and may be left empty", async () => {
  const { user, ipc } = await show({});
  expect(screen.queryByLabelText("Time on your phone")).toBeNull();
  await user.keyboard(`wrong{Tab}${FAKE_CODE}{Enter}`);
  const phone = await screen.findByLabelText("Time on your phone");
  expect(phone).toHaveAccessibleDescription(/clock may be a few minutes wrong/);
  expect(screen.getByLabelText("Workstation password")).toHaveFocus();
  await user.keyboard(`wrong{Tab}${FAKE_CODE}{Enter}`);
  await waitFor(() => expect(requestsOf(ipc, "unlock")).toHaveLength(2));
  await user.type(screen.getByLabelText("Time on your phone"), "1407");
  await user.type(screen.getByLabelText("Workstation password"), `${FAKE_PASSWORD}{Tab}${FAKE_CODE}{Enter}`);
  expect(
    await screen.findByText(/Enter the time shown on your phone, for example 14:07, or leave it empty/),
  ).toBeVisible();
  await user.clear(screen.getByLabelText("Time on your phone"));
  await user.type(screen.getByLabelText("Time on your phone"), "14:14{Enter}");
  await waitFor(() => expect(requestsOf(ipc, "unlock")).toHaveLength(3));
  expect(requestsOf(ipc, "unlock")).toMatchObject([
    { phoneTime: null },
    { phoneTime: null },
    { phoneTime: "2026-11-22T14:14:00+03:00" },
  ]);
});

test("a user whose last attempt failed is asked for the phone's time immediately", async () => {
  await show({ lock: { users: STAFF.slice(0, 2).map((user) => ({ ...user, asksPhoneTime: true })) } });
  expect(screen.getByLabelText("Time on your phone")).toBeVisible();
});

test.each([
  [{ blocked: "store_damaged" }, "The records on this workstation are damaged"],
  [{ blocked: "store_newer" }, "These records were saved by a newer version of Chartkeep"],
  [{ blocked: "profile_in_use" }, "Chartkeep is already running on this workstation"],
  [{ keychain: "locked" }, "The computer's keychain is locked"],
  [{ keychain: "absent" }, "The computer's keychain is not responding"],
  [{ keychain: "key_missing" }, "This workstation's key is missing from the keychain"],
] as const)("error: %o says what happened and shows no password field", async (lock, title) => {
  await show({ lock });
  expect(screen.getByRole("alert")).toHaveTextContent(title);
  expect(screen.queryByLabelText("Workstation password")).toBeNull();
});

test("a used code is not sent again, and the time until the next one is shown", async () => {
  const users = STAFF.slice(0, 3).map((user, index) => (index === 0 ? { ...user, codeSeconds: 21 } : user));
  const { user, ipc } = await show({ lock: { users } });
  expect(screen.getByText(/The last code has been used/)).toBeVisible();
  expect(screen.getByText(/Next code in 2[01] seconds/)).toBeVisible();
  await user.keyboard(`${FAKE_PASSWORD}{Tab}${FAKE_CODE}{Enter}`);
  expect(screen.getByRole("alert")).toHaveTextContent("Wait until your authenticator app shows a new one");
  expect(requestsOf(ipc, "unlock")).toEqual([]);
});

test("a profile that cannot be opened shows the incident id", async () => {
  await show({ lock: { blocked: "internal", incident: "7f3a-19c2" } });
  expect(screen.getByRole("alert")).toHaveTextContent("Reference for IT support: 7f3a-19c2");
});

import { act, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { requestsOf, show } from "../testing/show";

test("locking clears the page immediately", async () => {
  const { ipc } = await show({ role: "nurse" }, "/chart/p1/summary?pane=vitals");
  expect(document.body.textContent).toContain("GONZÁLEZ");
  act(() => ipc.emit("locking", { cause: "inactivity" }));
  expect(document.body.textContent).not.toContain("GONZÁLEZ");
  expect(screen.getByRole("main", { name: "Locked" })).toBeVisible();
});

test("locking closes an open dialog", async () => {
  const { ipc, user } = await show({ role: "nurse" }, "/chart/p1/vitals");
  await user.keyboard("?");
  expect(await screen.findByRole("dialog")).toBeVisible();
  act(() => ipc.emit("locking", { cause: "user" }));
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("Ctrl+L saves the draft and the resume point, then locks", async () => {
  const { ipc, user } = await show({ role: "nurse" }, "/chart/p1/summary?pane=note");
  await user.keyboard("Half a sent{Control>}l{/Control}");
  await waitFor(() => expect(requestsOf(ipc, "lock")).toEqual([{ cause: "user" }]));
  const names = ipc.calls.map((call) => call.name);
  expect(names.indexOf("save_draft")).toBeGreaterThan(-1);
  expect(names.indexOf("save_draft")).toBeLessThan(names.indexOf("lock"));
  expect(names.indexOf("keep_place")).toBeLessThan(names.indexOf("lock"));
});

test("the lock warning counts down and any input dismisses it", async () => {
  const { ipc, user } = await show({ role: "nurse" });
  act(() => ipc.emit("lock_warning", { seconds: 60 }));
  expect(await screen.findByRole("alertdialog", { name: "Locking in 60 seconds" })).toBeVisible();
  const before = requestsOf(ipc, "touch").length;
  await user.keyboard("x");
  await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  expect(requestsOf(ipc, "touch").length).toBeGreaterThan(before);
});

test("the lock warning is also dismissed by Rust", async () => {
  const { ipc } = await show({ role: "nurse" });
  act(() => ipc.emit("lock_warning", { seconds: 60 }));
  await screen.findByRole("alertdialog");
  act(() => ipc.emit("lock_warning", { seconds: 0 }));
  await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
});

test("input is reported at most once every five seconds", async () => {
  const { ipc, user } = await show({ role: "nurse" });
  await user.keyboard("abc");
  expect(requestsOf(ipc, "touch")).toHaveLength(1);
  const later = performance.now() + 5001;
  const clock = vi.spyOn(performance, "now").mockReturnValue(later);
  await user.keyboard("d");
  clock.mockRestore();
  expect(requestsOf(ipc, "touch")).toHaveLength(2);
});

test("the same user returns to the same form and field", async () => {
  const resume = { route: "/chart/p1/summary?pane=vitals", draft: null, field: "pulse", caret: 0 };
  await show({ role: "nurse", resume });
  expect(screen.getByRole("form", { name: "Record vitals" })).toBeVisible();
  expect(screen.getByLabelText("Pulse")).toHaveFocus();
});

test("a resume point with an unknown route leads to the home screen", async () => {
  await show({ role: "nurse", resume: { route: "/gone/away", draft: null, field: null, caret: 0 } });
  expect(screen.getByRole("heading", { level: 1, name: "Waiting now" })).toBeVisible();
});

import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { requestsOf, show } from "../testing/show";

test("shortcuts by single keys can be switched off, and those with Ctrl stay", async () => {
  const { user, ipc } = await show({ role: "nurse" }, "/chart/p1/summary");
  await user.keyboard("?");
  await user.click(await screen.findByRole("checkbox", { name: /Use single keys/ }));
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(requestsOf(ipc, "set_single_keys")).toEqual([{ on: false }]);
  await user.keyboard("v");
  await user.keyboard("?");
  expect(screen.queryByRole("form", { name: "Record vitals" })).toBeNull();
  expect(screen.queryByRole("dialog")).toBeNull();
  await user.keyboard("{Control>}k{/Control}");
  expect(await screen.findByRole("dialog")).toBeVisible();
});

import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { requestsOf, show } from "../testing/show";

test.each([
  ["the lock screen", {}],
  ["a session", { role: "nurse" as const }],
])("text is made larger, smaller and normal by keys on %s", async (_, options) => {
  const { user, ipc } = await show(options);
  await user.keyboard("{Control>}={/Control}");
  expect(await screen.findByText("Text size 110 %")).toBeVisible();
  await user.keyboard("{Control>}+{/Control}");
  expect(await screen.findByText("Text size 125 %")).toBeVisible();
  await user.keyboard("{Control>}-{/Control}");
  await user.keyboard("{Control>}0{/Control}");
  await waitFor(() =>
    expect(requestsOf(ipc, "set_text_size")).toEqual([110, 125, 110, 100].map((percent) => ({ percent }))),
  );
});

test("the largest size stays the largest", async () => {
  const { user, ipc } = await show({ role: "nurse" });
  for (let presses = 0; presses < 8; presses += 1) await user.keyboard("{Control>}={/Control}");
  await waitFor(() => expect(requestsOf(ipc, "set_text_size")).toHaveLength(8));
  expect(requestsOf(ipc, "set_text_size").at(-1)).toEqual({ percent: 200 });
});

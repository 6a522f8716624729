import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { requestsOf, show } from "../testing/show";

const ROUTE = "/chart/p1/summary?pane=note";

test("empty: an empty note is not signed", async () => {
  const { user, ipc } = await show({ role: "physician" }, ROUTE);
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText("Write the note before you sign it.")).toBeVisible();
  expect(requestsOf(ipc, "sign_note")).toEqual([]);
});

test("populated: name and birth date are next to Sign, and signing ends the draft", async () => {
  const { user, ipc } = await show({ role: "nurse" }, ROUTE);
  const form = screen.getByRole("form", { name: "Write a note" });
  expect(within(form).getByRole("button", { name: "Sign" }).parentElement).toHaveTextContent(
    "GONZÁLEZ, María Fernanda03-Feb-1961 (65 y)",
  );
  await user.keyboard("Wound is clean.");
  await waitFor(() => expect(requestsOf(ipc, "save_draft").length).toBeGreaterThan(0), { timeout: 3000 });
  await user.click(within(form).getByRole("button", { name: "Sign" }));
  expect(await screen.findByText("Note signed and saved on this workstation")).toBeVisible();
  expect(requestsOf(ipc, "sign_note")[0]).toMatchObject({ patient: "p1", kind: "nursing", text: "Wound is clean." });
  expect((requestsOf(ipc, "sign_note")[0] as { draft: string | null }).draft).not.toBeNull();
});

test("the draft is saved even if typing never pauses", async () => {
  const { user, ipc } = await show({ role: "physician" }, ROUTE);
  const text = screen.getByLabelText("Note");
  const end = performance.now() + 2300;
  while (performance.now() < end) {
    await user.type(text, "a");
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  expect(requestsOf(ipc, "save_draft").length).toBeGreaterThan(0);
});

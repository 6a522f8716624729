import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { requestsOf, show } from "../testing/show";

test("empty: everything is on the server", async () => {
  await show({ role: "nurse", empty: true }, "/sync");
  expect(screen.getByText("Everything is on the server.")).toBeVisible();
});

test("error: offline says that everything is saved", async () => {
  const { user } = await show({ role: "nurse", offline: true }, "/sync");
  await user.click(screen.getByRole("button", { name: "Sync now" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Everything is saved on this workstation");
});

test("populated: progress while running, and it can be stopped", async () => {
  const { user, ipc } = await show({ role: "nurse" }, "/sync");
  await user.click(screen.getByRole("button", { name: "Sync now" }));
  expect(await screen.findByRole("progressbar")).toHaveAttribute("aria-valuenow", "66");
  await user.click(screen.getByRole("button", { name: "Stop sync" }));
  await waitFor(() => expect(screen.queryByRole("progressbar")).toBeNull());
  expect(requestsOf(ipc, "sync_cancel")).toHaveLength(1);
});

test("each type says how its time is known, or why it has none", async () => {
  await show({ role: "nurse" }, "/sync");
  expect(screen.getAllByText("As far as this server tells").length).toBeGreaterThan(0);
  expect(screen.getByText(/^Compared with the server /)).toBeVisible();
  expect(screen.getByText(/, as far as this server tells$/)).toBeVisible();
});

test("a rejected record shows the reason and can be sent again", async () => {
  const { user, ipc } = await show({ role: "nurse" }, "/sync");
  expect(screen.getByText("Reason from the server: The server does not know this practitioner.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Send again: Note" }));
  await waitFor(() => expect(requestsOf(ipc, "sync_retry")).toEqual([{ changeSet: 35 }]));
});

test("a rejected record names the patient and the field, and is given up only with a reason", async () => {
  const { user, ipc } = await show({ role: "nurse" }, "/sync");
  expect(screen.getByText("Field: Composition.author")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Give up: Note" }));
  const dialog = await screen.findByRole("dialog", { name: "Give up this change" });
  expect(dialog).toHaveTextContent("Wanjiru, Grace");
  await user.click(within(dialog).getByRole("button", { name: "Give up" }));
  expect(await within(dialog).findByText("Give a reason.")).toBeVisible();
  expect(requestsOf(ipc, "sync_give_up")).toHaveLength(0);
  await user.type(within(dialog).getByRole("textbox"), "Written on the wrong patient");
  await user.click(within(dialog).getByRole("button", { name: "Give up" }));
  await waitFor(() =>
    expect(requestsOf(ipc, "sync_give_up")).toEqual([{ changeSet: 35, reason: "Written on the wrong patient" }]),
  );
  await waitFor(() => expect(screen.queryByRole("button", { name: "Give up: Note" })).toBeNull());
});

test("a change that waits for the server says what for", async () => {
  await show({ role: "nurse" }, "/sync");
  expect(
    screen.getByText(
      "The server does not offer this at its address. Ask the clinic’s IT; it is sent again automatically. Status 404.",
    ),
  ).toBeVisible();
});

test("a medicine conflict has nothing preselected and is saved only when every field is decided", async () => {
  const { user, ipc } = await show({ role: "physician" }, "/sync");
  await user.click(screen.getByRole("button", { name: "Decide: Medicine: enalapril" }));
  expect(await screen.findByRole("heading", { name: "enalapril was changed here and on the server" })).toBeVisible();
  for (const radio of screen.getAllByRole("radio")) expect(radio).not.toBeChecked();
  const keep = screen.getByRole("button", { name: "Save these choices" });
  expect(keep).toBeDisabled();
  await user.click(
    within(screen.getByRole("radiogroup", { name: "Dose" })).getByRole("radio", { name: "This workstation: 20 mg" }),
  );
  expect(screen.getByText("1 of 2 decided")).toBeVisible();
  expect(keep).toBeDisabled();
  await user.click(
    within(screen.getByRole("radiogroup", { name: "Status" })).getByRole("radio", { name: "Server: stopped — cough" }),
  );
  await user.click(keep);
  await waitFor(() =>
    expect(requestsOf(ipc, "decide_conflict")).toEqual([
      {
        conflict: "c1",
        choices: [
          { path: "dosageInstruction[0].doseAndRate", side: "ours" },
          { path: "dosageInstruction[0].timing", side: "ours" },
          { path: "status", side: "theirs" },
        ],
      },
    ]),
  );
});

test("a conflict can be decided later", async () => {
  const { user, ipc } = await show({ role: "physician" }, "/conflict/c1");
  await user.click(await screen.findByRole("button", { name: "Decide later" }));
  expect(await screen.findByRole("heading", { name: "Sync" })).toBeVisible();
  expect(requestsOf(ipc, "decide_conflict")).toEqual([]);
});

test("a record deleted on the server is kept or deleted, with nothing preselected", async () => {
  const { user, ipc } = await show({ role: "physician" }, "/conflict/c2");
  expect(
    await screen.findByRole("heading", { name: "enalapril was changed here and deleted on the server" }),
  ).toBeVisible();
  for (const radio of screen.getAllByRole("radio")) expect(radio).not.toBeChecked();
  expect(screen.getByRole("button", { name: "Save this choice" })).toBeDisabled();
  await user.click(screen.getByRole("radio", { name: /Accept the deletion/ }));
  await user.click(screen.getByRole("button", { name: "Save this choice" }));
  await waitFor(() =>
    expect(requestsOf(ipc, "decide_conflict")).toEqual([
      { conflict: "c2", choices: [{ path: "record", side: "theirs" }] },
    ]),
  );
});

test("a conflict about a panel shows its values with their clinical names", async () => {
  await show({ role: "physician" }, "/conflict/c3");
  const values = await screen.findByRole("radiogroup", { name: "Values" });
  expect(within(values).getByRole("radio", { name: /^Server:/ })).toHaveAccessibleName(
    "Server: Systolic pressure 162 mmHg, Diastolic pressure 98 mmHg, Cuff size large",
  );
  expect(screen.getByText(/Systolic pressure 126 mmHg/)).toBeVisible();
  expect(screen.getByRole("radio", { name: "This workstation: 22-Nov-2026 13:40" })).toBeChecked();
});

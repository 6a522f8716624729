import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { axeViolations, requestsOf, show } from "../testing/show";

async function openNote(name: string, delay?: number) {
  const shown = await show({ role: "nurse", ...(delay === undefined ? {} : { delay }) }, "/chart/p2/notes");
  await shown.user.click(await screen.findByRole("button", { name: new RegExp(`^${name}`) }));
  return { ...shown, reader: screen.getByRole("region", { name: "Note" }) };
}

test("a letter in HTML is shown with what changes its meaning, and nothing of it is markup", async () => {
  const { reader } = await openNote("Discharge letter");
  expect(within(reader).getByText("Stop warfarin").tagName).toBe("STRONG");
  expect(within(reader).getByText("Aspirin 75 mg").tagName).toBe("DEL");
  expect(within(reader).getByText("9").tagName).toBe("SUP");
  expect(within(reader).getByRole("table")).toHaveTextContent("Platelets40 × 109/L");
  expect(within(reader).getByRole("img", { name: "checked" })).toBeVisible();
  expect(within(reader).getByText("[A picture is not shown: ECG]")).toBeVisible();
  expect(within(reader).getByText("(https://guideline.example/)")).toBeVisible();
  expect(reader.querySelector("a, img, script, iframe, style")).toBeNull();
  expect(within(reader).getByText("Weigh daily").closest("ol")).toHaveAttribute("type", "a");
  expect(await axeViolations()).toEqual([]);
});

test("an attachment that cannot be shown says what it is, how large and where", async () => {
  const { reader } = await openNote("Discharge letter");
  expect(within(reader).getByText("CT letter")).toBeVisible();
  expect(within(reader).getByText("1.2 MB")).toBeVisible();
  expect(
    within(reader).getByText("Stored elsewhere and not on this workstation: https://other.example/ct.pdf"),
  ).toBeVisible();
  expect(within(reader).getByText("This kind of file cannot be shown here.")).toBeVisible();
  expect(within(reader).getByText(/^This picture is not shown: it has more pixels/)).toBeVisible();
  expect(within(reader).getByText("Must not receive contrast")).toBeVisible();
  expect(within(reader).getByText("Final")).toBeVisible();
});

test("a replaced document says by what, in both directions; nothing is called signed that is not", async () => {
  const { reader } = await openNote("Old plan");
  expect(within(reader).getByText(/[Rr]eplaced by Discharge letter, 02-Mar-2025/)).toBeVisible();
  expect(within(reader).getByText("Status not recorded")).toBeVisible();
  expect(within(reader).queryByText("Signed")).toBeNull();
  expect(within(reader).getByText("The attached data cannot be decoded. It is stored as received.")).toBeVisible();
  expect(within(reader).getByText("Nothing is attached.")).toBeVisible();
  expect(within(reader).getByText(/taken for windows-1252/)).toBeVisible();
  expect(within(reader).getByText(/Its size differs/)).toBeVisible();
});

test("a long text is opened in parts and closed when another note is read", async () => {
  const { reader, user, ipc } = await openNote("Old plan");
  await user.click(within(reader).getByRole("button", { name: "Show the whole text" }));
  expect(await within(reader).findByText(/whole line 4/)).toBeVisible();
  expect(within(reader).queryByText(/whole line 5/)).toBeNull();
  await user.click(within(reader).getByRole("button", { name: "Show more" }));
  expect(await within(reader).findByText(/whole line 6/)).toBeVisible();
  expect(requestsOf(ipc, "open_document")).toEqual([
    { patient: "p2", reference: "DocumentReference/d1", index: 0, source: false },
  ]);
  await user.click(screen.getByRole("button", { name: /^Discharge letter/ }));
  expect(requestsOf(ipc, "close_document")).toEqual([{ handle: "whole" }]);
});

test("opening can be cancelled, and what arrives later is closed unseen", async () => {
  const { reader, user, ipc } = await openNote("Old plan", 60);
  await user.click(within(reader).getByRole("button", { name: "Show the whole text" }));
  await user.click(within(reader).getByRole("button", { name: "Cancel" }));
  expect(within(reader).getByRole("button", { name: "Show the whole text" })).toBeVisible();
  await waitFor(() => expect(requestsOf(ipc, "close_document")).toEqual([{ handle: "whole" }]));
  expect(requestsOf(ipc, "document_chunk")).toEqual([]);
  expect(within(reader).queryByText(/whole line/)).toBeNull();
});

test("a picture within a letter is drawn in a frame without an origin, once it is opened", async () => {
  const { reader, user } = await openNote("Letter with a picture");
  expect(within(reader).getByText("[A picture: ECG; open the document to see it]")).toBeVisible();
  expect(document.querySelector("iframe")).toBeNull();
  await user.click(within(reader).getByRole("button", { name: "Show with its pictures" }));
  expect(await within(reader).findByRole("img", { name: "ECG" })).toBeVisible();
  expect(document.querySelector("iframe")).toHaveAttribute("sandbox", "allow-scripts");
  await user.click(within(reader).getByRole("button", { name: "Close" }));
  expect(document.querySelector("iframe")).toBeNull();
});

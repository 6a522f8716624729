import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { SaveDraftDto, VitalsDto } from "../ipc/bindings";
import { makeFailure } from "../ipc/fake/fake-ipc";
import { requestsOf, show } from "../testing/show";

const ROUTE = "/chart/p1/summary?pane=vitals";
const openForm = async (options = {}) => {
  const shown = await show({ role: "nurse", ...options }, ROUTE);
  return { ...shown, form: screen.getByRole("form", { name: "Record vitals" }) };
};

test("empty: the first field has the focus, and an empty form is not saved", async () => {
  const { user, ipc, form } = await openForm();
  expect(within(form).getByLabelText("Systolic")).toHaveFocus();
  expect(within(form).getByText(/GONZÁLEZ, María Fernanda · 03-Feb-1961/)).toBeVisible();
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText("Enter at least one value.")).toBeVisible();
  expect(requestsOf(ipc, "save_vitals")).toEqual([]);
});

test("populated: Enter moves to the next field, Ctrl+Enter saves and ends the draft", async () => {
  const { user, ipc } = await openForm();
  await user.keyboard("128{Enter}82{Enter}76");
  await waitFor(() => expect(screen.getByText(/Draft saved 14:07:12/)).toBeVisible(), { timeout: 3000 });
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText("Vitals saved on this workstation")).toBeVisible();
  const saved = requestsOf(ipc, "save_vitals")[0] as VitalsDto;
  expect(saved).toMatchObject({
    patient: "p1",
    systolic: "128",
    diastolic: "82",
    pulse: "76",
    taken: null,
    confirmed: false,
  });
  expect(saved.draft).not.toBeNull();
  expect(screen.getByText(/No visit was open, so one was started/)).toBeVisible();
});

test("error: an impossible value prevents saving and stays in the form", async () => {
  const { user, ipc, form } = await openForm();
  await user.type(within(form).getByLabelText("Pulse"), "999");
  expect(await within(form).findByText("Not possible (allowed 10 to 350)")).toBeVisible();
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText("A value is not possible. Correct it before you save.")).toBeVisible();
  expect(within(form).getByLabelText("Pulse")).toHaveValue("999");
  expect(requestsOf(ipc, "save_vitals")).toEqual([]);
});

test("error: an unusual value needs a confirmation, which the next change clears", async () => {
  const { user, ipc, form } = await openForm();
  await user.type(within(form).getByLabelText("Pulse"), "205");
  const box = await within(form).findByRole("checkbox", { name: /I measured again/ });
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText(/Measure again, then confirm/)).toBeVisible();
  expect(requestsOf(ipc, "save_vitals")).toEqual([]);
  await user.click(box);
  expect(box).toBeChecked();
  await user.type(within(form).getByLabelText("Systolic"), "120");
  expect(box).not.toBeChecked();
  await user.click(box);
  await user.click(within(form).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(requestsOf(ipc, "save_vitals")).toHaveLength(1));
  expect(requestsOf(ipc, "save_vitals")[0]).toMatchObject({ pulse: "205", confirmed: true });
});

test("error: after a failed save the form stays and says what is safe", async () => {
  const { user, form } = await openForm({ failing: { save_vitals: makeFailure("disk_full") } });
  await user.keyboard("120{Control>}{Enter}{/Control}");
  expect(await within(form).findByText("The disk is full: this was not saved")).toBeVisible();
  expect(within(form).getByLabelText("Systolic")).toHaveValue("120");
});

test("Escape closes the form, and the draft can be reopened", async () => {
  const { user, ipc } = await openForm();
  await user.keyboard("131{Escape}");
  await waitFor(() => expect(requestsOf(ipc, "save_draft")).toHaveLength(1));
  await user.click(await screen.findByRole("button", { name: "Continue: Vitals" }));
  expect(await screen.findByLabelText("Systolic")).toHaveValue("131");
});

test("a changed measuring time is sent", async () => {
  const { user, ipc, form } = await openForm();
  await user.keyboard("120");
  await user.click(within(form).getByRole("button", { name: "Change time" }));
  const date = within(form).getByLabelText("Date taken");
  const time = within(form).getByLabelText("Time taken");
  await user.clear(date);
  await user.type(date, "2026-11-21");
  await user.clear(time);
  await user.type(time, "18:30");
  await user.click(within(form).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(requestsOf(ipc, "save_vitals")).toHaveLength(1));
  expect(requestsOf(ipc, "save_vitals")[0]).toMatchObject({ taken: "2026-11-21T18:30:00+03:00" });
});

test("NEWS2 shows the missing values, then its total", async () => {
  const { user, form } = await openForm();
  await user.keyboard("120");
  expect(
    await within(form).findByText(
      /NEWS2 not complete. Still to enter: respiration, SpO₂, pulse, consciousness, temperature, air or oxygen/,
    ),
  ).toBeVisible();
  for (const [label, value] of [
    ["Pulse", "76"],
    ["Temperature", "36.8"],
    ["Respiration", "16"],
    ["SpO₂", "97"],
  ] as const)
    await user.type(within(form).getByLabelText(label), value);
  await user.selectOptions(within(form).getByLabelText("Consciousness"), "alert");
  await user.selectOptions(within(form).getByLabelText("Air or oxygen"), "air");
  expect(await within(form).findByText("NEWS2 0 · low risk")).toBeVisible();
  expect(within(form).getByText("Observations at least every 12 hours.")).toBeVisible();
  expect(within(form).getByText(/respiration scores 0 · .*air or oxygen scores 0/)).toBeVisible();
});

test("air or oxygen and pregnancy are asked and not assumed, and there is no NEWS2 in pregnancy", async () => {
  const { user, ipc, form } = await openForm();
  expect(within(form).getByLabelText("Air or oxygen")).toHaveValue("");
  await user.keyboard("120");
  await user.selectOptions(within(form).getByLabelText("Pregnant"), "yes");
  expect(await within(form).findByText("No NEWS2 in pregnancy: use a maternity early warning score.")).toBeVisible();
  await user.click(within(form).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(requestsOf(ipc, "save_vitals")).toHaveLength(1));
  expect(requestsOf(ipc, "save_vitals")[0]).toMatchObject({ oxygen: null, pregnant: true, scale2Reason: null });
});

test("SpO₂ scale 2 is saved only with its reason", async () => {
  const { user, ipc, form } = await openForm();
  await user.keyboard("120");
  await user.click(within(form).getByRole("checkbox", { name: /SpO₂ scale 2/ }));
  await user.click(within(form).getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Enter the reason for scale 2, and who decided it.")).toBeVisible();
  expect(requestsOf(ipc, "save_vitals")).toEqual([]);
  await user.type(within(form).getByLabelText("Reason, and who decided"), "CO₂ retention");
  await user.click(within(form).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(requestsOf(ipc, "save_vitals")).toHaveLength(1));
  expect(requestsOf(ipc, "save_vitals")[0]).toMatchObject({ scale2: true, scale2Reason: "CO₂ retention" });
});

test("the resume point contains the draft, the field and the caret", async () => {
  const draft: SaveDraftDto = {
    draft: "d9",
    kind: "vitals",
    patient: "p1",
    content: JSON.stringify({ systolic: "128", diastolic: "80" }),
  };
  const { ipc, user } = await show({ role: "nurse" }, "/list/queue");
  await ipc.call("save_draft", draft);
  ipc.calls.length = 0;
  await user.click(await screen.findByRole("button", { name: /GONZÁLEZ/ }));
  await user.click(await screen.findByRole("button", { name: "Continue: Vitals" }));
  const field = await screen.findByLabelText<HTMLInputElement>("Diastolic");
  field.focus();
  field.setSelectionRange(1, 1);
  await waitFor(
    () =>
      expect(requestsOf(ipc, "keep_place").at(-1)).toEqual({
        route: "/chart/p1/summary?pane=vitals&draft=d9",
        draft: "d9",
        field: "diastolic",
        caret: 1,
      }),
    { timeout: 3000 },
  );
});

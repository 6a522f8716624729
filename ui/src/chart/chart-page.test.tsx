import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { makeFailure } from "../ipc/fake/fake-ipc";
import { requestsOf, show } from "../testing/show";

test("populated: shows banner, tabs, record state, completeness and unreadable records", async () => {
  await show({ role: "nurse" }, "/chart/p1/summary");
  const banner = screen.getByRole("region", { name: "Patient" });
  expect(banner).toHaveTextContent("GONZÁLEZ, María Fernanda");
  expect(banner).toHaveTextContent("03-Feb-1961 (65 y)");
  expect(screen.getAllByRole("tab").map((tab) => tab.textContent)).toEqual([
    "Summary",
    "Timeline",
    "Notes and documents",
    "Results",
    "Vitals",
    "Medicines",
    "Problems",
    "Allergies",
    "Immunisations",
    "Visits",
    "Reports",
    "Orders",
    "Procedures",
    "Care plans",
    "Devices",
    "Family history",
    "Other records",
  ]);
  expect(screen.getByText("Not sent yet")).toBeVisible();
  expect(
    screen.getByText(/Downloaded 22-Nov-2026 08:40\. Records may be incomplete: reports not synced\./),
  ).toBeVisible();
  expect(screen.getByText("Some records could not be read")).toBeVisible();
  expect(screen.getByText("162 H")).toBeVisible();
});

test("a merged record takes no entries and leads to the one that replaced it", async () => {
  const { user } = await show({ role: "nurse" }, "/chart/p43/summary");
  expect(screen.getByRole("region", { name: "Patient" })).toHaveTextContent("Merged into another record");
  expect(screen.getByText(/was merged into GONZÁLEZ, María Fernanda\. It takes no new entries\./)).toBeVisible();
  expect(screen.queryByRole("button", { name: /vitals/i })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Open GONZÁLEZ, María Fernanda" }));
  await waitFor(() => expect(screen.getByRole("region", { name: "Patient" })).toHaveTextContent("GONZÁLEZ"));
  expect(screen.getByRole("button", { name: /vitals/i })).toBeVisible();
});

test("the banner says a death with its date", async () => {
  await show({ role: "nurse" }, "/chart/p42/summary");
  expect(screen.getByRole("region", { name: "Patient" })).toHaveTextContent("Died 02-Apr-2025");
});

test.each([
  ["p1", "Known allergies"],
  ["p2", "No known allergies"],
  ["p3", "Allergies not recorded"],
  ["p6", "No known drug allergies; others not recorded"],
  ["p7", "Allergies unavailable"],
])("%s shows exactly one allergy state: %s", async (patient, title) => {
  await show({ role: "nurse" }, `/chart/${patient}/summary`);
  const states = [
    "Known allergies",
    "No known allergies",
    "No known drug allergies; others not recorded",
    "Allergies not recorded",
    "Allergies unavailable",
  ];
  expect(states.filter((state) => screen.queryByRole("heading", { name: state }) !== null)).toEqual([title]);
});

test("empty: every card says so", async () => {
  await show({ role: "nurse", empty: true }, "/chart/p1/summary");
  for (const text of [
    "No active problems are recorded.",
    "No current medicines are recorded.",
    "No vital signs are recorded.",
    "No results in the last 90 days. No earlier latest result is flagged abnormal.",
    "No note has been signed yet.",
  ])
    expect(screen.getByText(text)).toBeVisible();
});

test.each(["summary", "timeline", "notes", "results", "vitals", "medicines", "problems", "immunisations"])(
  "partial: nothing is reported as absent on the tab %s",
  async (tab) => {
    await show({ role: "nurse", partial: true }, `/chart/p1/${tab}`);
    expect(screen.getByText("Some records are missing from this workstation")).toBeVisible();
    expect(screen.getAllByText(/^Unavailable: records are missing/).length).toBeGreaterThan(0);
    for (const absence of [/are recorded\.$/, /^No (note|results)/, /^Nothing/, /^0\b/])
      expect(screen.queryAllByText(absence).map((element) => element.textContent)).toEqual([]);
  },
);

test("error: says what is safe", async () => {
  await show({ role: "nurse", failing: { open_chart: makeFailure("store_damaged") } }, "/chart/p1/summary");
  expect(screen.getByRole("alert")).toHaveTextContent("Some of the records on this workstation are damaged");
  expect(screen.getByRole("alert")).toHaveTextContent("7f3a-19c2");
});

test("front desk sees no clinical tab, card or action", async () => {
  await show({ role: "front-desk" }, "/chart/p1/summary");
  expect(screen.getAllByRole("tab").map((tab) => tab.textContent)).toEqual(["Summary"]);
  for (const gone of ["Known allergies", "Problems", "Medicines", "Vital signs", "Last note"])
    expect(screen.queryByText(gone)).toBeNull();
  expect(screen.queryByRole("button", { name: "Record vitals" })).toBeNull();
});

test("front desk sees that there is an alert but not its text", async () => {
  const { ipc } = await show({ role: "front-desk" }, "/chart/p4/summary");
  expect(requestsOf(ipc, "open_chart")).toHaveLength(1);
  expect(screen.getByText("There is an alert: ask a clinician")).toBeVisible();
  expect(screen.queryByText("Falls risk")).toBeNull();
});

test("the summary shows only the vital signs that the role may see", async () => {
  await show({ role: "pharmacist" }, "/chart/p1/summary");
  const card = screen.getByRole("region", { name: "Vital signs" });
  expect(card).toHaveTextContent("Weight");
  expect(card).not.toHaveTextContent("Systolic");
  expect(screen.queryByRole("heading", { name: "Last note" })).toBeNull();
});

test("a chart is opened once and closed when the user leaves it", async () => {
  const { user, ipc } = await show({ role: "nurse" }, "/chart/p1/summary");
  await user.click(screen.getByRole("tab", { name: "Vitals" }));
  await user.click(screen.getByRole("tab", { name: "Notes and documents" }));
  expect(requestsOf(ipc, "open_chart")).toHaveLength(1);
  await user.click(screen.getByRole("link", { name: /Queue/ }));
  await waitFor(() => expect(requestsOf(ipc, "close_chart")).toEqual([{ patient: "p1" }]));
});

test("a long timeline is read page by page and only partly rendered", async () => {
  const { ipc } = await show({ role: "nurse" }, "/chart/p1/timeline");
  const table = await screen.findByRole("table", { name: "Timeline" });
  expect(table).toHaveAttribute("aria-rowcount", "1241");
  expect(within(table).getAllByRole("row").length).toBeLessThan(60);
  expect(requestsOf(ipc, "chart_timeline")).toEqual([{ patient: "p1", tab: null, offset: 0, limit: 100 }]);
});

test("a role that records nothing learns of records that could not be read", async () => {
  await show({ role: "pharmacist" }, "/chart/p1/summary");
  expect(screen.getByText("Some records could not be read")).toBeVisible();
});

test("a line opens the whole record, and Escape returns to the line", async () => {
  const { user, ipc } = await show({ role: "nurse" }, "/chart/p1/timeline");
  const line = screen.getAllByRole("button", { name: "Visit, outpatient clinic" })[0] as HTMLElement;
  await user.click(line);
  const dialog = await screen.findByRole("dialog", { name: "Visit, outpatient clinic" });
  expect(await within(dialog).findByText(/Repeat in two weeks/)).toBeVisible();
  expect(requestsOf(ipc, "chart_record")).toHaveLength(1);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await waitFor(() => expect(line).toHaveFocus());
});

test("a tab lists the records of its kind and says when there are none", async () => {
  const { user, ipc } = await show({ role: "nurse" }, "/chart/p1/visits");
  const visits = await screen.findByRole("table", { name: "Visits" });
  expect(within(visits).getAllByText("Visit").length).toBeGreaterThan(0);
  await user.click(screen.getByRole("tab", { name: "Family history" }));
  expect(await screen.findByText("No family history is recorded.")).toBeVisible();
  expect(requestsOf(ipc, "chart_timeline")).toEqual([
    { patient: "p1", tab: "visits", offset: 0, limit: 100 },
    { patient: "p1", tab: "family_history", offset: 0, limit: 100 },
  ]);
});

/** Chooses an action from the menu of a row. */
async function choose(user: Awaited<ReturnType<typeof show>>["user"], button: HTMLElement, action: string) {
  await user.click(button);
  await user.click(await screen.findByRole("menuitem", { name: action }));
}

async function markAsWrong(user: Awaited<ReturnType<typeof show>>["user"]) {
  const dialog = await screen.findByRole("dialog", { name: "Mark as entered in error" });
  await user.type(within(dialog).getByLabelText("Why is it wrong?"), "wrong patient");
  await user.click(within(dialog).getByRole("button", { name: "Mark as entered in error" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
}

const MARK = "Mark as entered in error…";
const UNDO = "Undo “entered in error”";

test("a vital sign is marked as entered in error with a reason, stays listed, and that is undone", async () => {
  const { user, ipc } = await show({ role: "nurse" }, "/chart/p1/vitals");
  await user.click(screen.getByRole("radio", { name: "Tables" }));
  const table = screen.getByRole("table", { name: "Heart rate over time" });
  const row = () => within(table).getAllByRole("row")[1] as HTMLElement;
  const actions = () => within(row()).getByRole("button", { name: /^Actions: Heart rate 76/ });
  await choose(user, actions(), MARK);
  const dialog = await screen.findByRole("dialog", { name: "Mark as entered in error" });
  expect(dialog).toHaveTextContent("GONZÁLEZ, María Fernanda · 03-Feb-1961 (65 y)");
  await user.click(within(dialog).getByRole("button", { name: "Mark as entered in error" }));
  expect(await within(dialog).findByText("Enter a reason.")).toBeVisible();
  await markAsWrong(user);
  expect(requestsOf(ipc, "mark_entered_in_error")).toEqual([
    { reference: "Observation/pulse-7", patient: "p1", reason: "wrong patient" },
  ]);
  await waitFor(() =>
    expect(row()).toHaveTextContent(/Entered in error, marked by Amara Okafor.*Reason: wrong patient/),
  );
  expect(within(table).getAllByRole("row")).toHaveLength(9);
  await waitFor(() => expect(actions()).toHaveFocus());
  expect(screen.getByText("Marked as entered in error: Heart rate 76 /min")).toBeVisible();
  await choose(user, actions(), UNDO);
  await waitFor(() => expect(row()).not.toHaveTextContent("Entered in error"));
  expect(requestsOf(ipc, "undo_entered_in_error")).toEqual([{ reference: "Observation/pulse-7", patient: "p1" }]);
  await waitFor(() => expect(actions()).toHaveFocus());
});

test("the notice after marking offers to undo it", async () => {
  const { user, ipc } = await show({ role: "nurse" }, "/chart/p1/notes");
  await user.click(screen.getAllByRole("button", { name: /Nursing note/ })[0] as HTMLElement);
  const reader = screen.getByRole("region", { name: "Note" });
  await choose(user, within(reader).getByRole("button", { name: "Actions: Nursing note" }), MARK);
  await markAsWrong(user);
  expect(await within(reader).findByText("Reason: wrong patient")).toBeVisible();
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(within(reader).queryByText("Reason: wrong patient")).toBeNull());
  expect(requestsOf(ipc, "undo_entered_in_error")).toHaveLength(1);
  // The notice with its button is gone.
  await waitFor(() => expect(document.activeElement).not.toBe(document.body));
});

test("an undo that comes too late says so", async () => {
  const failing = { undo_entered_in_error: makeFailure("stale") };
  const { user } = await show({ role: "nurse", failing }, "/chart/p1/notes");
  await user.click(screen.getAllByRole("button", { name: /Nursing note/ })[0] as HTMLElement);
  const reader = screen.getByRole("region", { name: "Note" });
  await choose(user, within(reader).getByRole("button", { name: "Actions: Nursing note" }), MARK);
  await markAsWrong(user);
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  expect(await screen.findByRole("alert")).toBeVisible();
});

test("a record is marked from its line and from its dialog, by keyboard", async () => {
  const { user, ipc } = await show({ role: "nurse" }, "/chart/p1/timeline");
  const line = screen.getByRole("button", { name: /^Actions: enalapril 10 mg tablet, 19-Nov-2026/ });
  line.focus();
  await user.keyboard("{Enter}");
  expect((await screen.findAllByRole("menuitem")).map((item) => item.textContent)).toEqual(["Show whole record", MARK]);
  await user.keyboard("{Enter}");
  const dialog = await screen.findByRole("dialog", { name: "enalapril 10 mg tablet" });
  await choose(user, await within(dialog).findByRole("button", { name: "Actions: enalapril 10 mg tablet" }), MARK);
  const asked = await screen.findByRole("dialog", { name: "Mark as entered in error" });
  await user.type(within(asked).getByLabelText("Why is it wrong?"), "wrong drug");
  await user.click(within(asked).getByRole("button", { name: "Mark as entered in error" }));
  expect(await within(dialog).findByText("Reason: wrong drug")).toBeVisible();
  await waitFor(() => expect(asked).not.toBeInTheDocument());
  await waitFor(() => expect(dialog.contains(document.activeElement)).toBe(true));
  await user.keyboard("{Escape}");
  await waitFor(() => expect(line).toHaveFocus());
  expect(requestsOf(ipc, "mark_entered_in_error")).toEqual([
    { reference: "Observation/t1", patient: "p1", reason: "wrong drug" },
  ]);
});

test("a row of a list shows its record in full and offers marking where Rust allows it; the summary has no menus", async () => {
  const { user, ipc } = await show({ role: "nurse" }, "/chart/p1/problems");
  const menuOf = (name: RegExp) => screen.findByRole("button", { name });
  await user.click(await menuOf(/^Actions: Essential hypertension/));
  expect((await screen.findAllByRole("menuitem")).map((item) => item.textContent)).toEqual(["Show whole record"]);
  await user.keyboard("{Escape}");
  await choose(user, await menuOf(/^Actions: Osteoarthritis of the knee/), MARK);
  const dialog = await screen.findByRole("dialog", { name: "Mark as entered in error" });
  expect(dialog).toHaveTextContent("Osteoarthritis of the knee");
  await user.type(within(dialog).getByLabelText("Why is it wrong?"), "other knee");
  await user.click(within(dialog).getByRole("button", { name: "Mark as entered in error" }));
  await waitFor(() =>
    expect(requestsOf(ipc, "mark_entered_in_error")).toEqual([
      { reference: "Condition/pr4", patient: "p1", reason: "other knee" },
    ]),
  );
  await user.click(screen.getByRole("tab", { name: "Summary" }));
  expect(screen.queryByRole("button", { name: /^Actions: Essential/ })).toBeNull();
});

test("only rows that Rust allows have an action", async () => {
  const { user } = await show({ role: "nurse" }, "/chart/p1/vitals");
  await user.click(screen.getByRole("radio", { name: "Tables" }));
  const pulse = screen.getByRole("table", { name: "Heart rate over time" });
  expect(within(pulse).getAllByRole("row")).toHaveLength(9);
  const menus = within(pulse).getAllByRole("button", { name: /^Actions/ });
  expect(menus).toHaveLength(8);
  const markable = [];
  for (const menu of menus) {
    await user.click(menu);
    const items = (await screen.findAllByRole("menuitem")).map((item) => item.textContent);
    expect(items[0]).toBe("Show whole record");
    markable.push(items.includes(MARK));
    await user.keyboard("{Escape}");
  }
  expect(markable.filter(Boolean)).toHaveLength(2);
});

test.each([
  ["problems", /^Actions: Essential hypertension/],
  ["allergies", /^Actions: Penicillin/],
  ["medicines", /^Actions: /],
  ["immunisations", /^Actions: /],
])("a record of the tab %s is shown in full from its row", async (tab, name) => {
  const { user, ipc } = await show({ role: "nurse" }, `/chart/p1/${tab}`);
  await choose(user, (await screen.findAllByRole("button", { name }))[0] as HTMLElement, "Show whole record");
  expect(await screen.findByRole("dialog")).toBeVisible();
  expect(requestsOf(ipc, "chart_record")).toHaveLength(1);
});

test("a long record says so and is shown part by part", async () => {
  const { user, ipc } = await show({ role: "nurse" }, "/chart/p1/timeline");
  const line = await screen.findByRole("button", { name: /^Actions: enalapril 10 mg tablet, 19-Nov-2026/ });
  await choose(user, line, "Show whole record");
  const dialog = await screen.findByRole("dialog", { name: "enalapril 10 mg tablet" });
  expect(await within(dialog).findByText("This record is long. The first part of 3 is shown.")).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Show the next part" }));
  expect(await within(dialog).findByText("This record is long. The first 2 parts of 3 are shown.")).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Show the next part" }));
  expect(within(dialog).queryByText(/This record is long/)).toBeNull();
  expect(await within(dialog).findAllByText("Status (continued)")).toHaveLength(2);
  expect(requestsOf(ipc, "chart_record").map((request) => (request as { part: number }).part)).toEqual([0, 1, 2]);
});

test("the lists of the summary have no menus", async () => {
  await show({ role: "nurse" }, "/chart/p1/summary");
  expect(screen.queryByRole("button", { name: /^Actions/ })).toBeNull();
});

test("a note by another author cannot be marked as entered in error, and a note without an author says so", async () => {
  const { user } = await show({ role: "nurse" }, "/chart/p1/notes");
  const reader = screen.getByRole("region", { name: "Note" });
  expect(within(reader).getByText("Dr Jonas Mbeki")).toBeVisible();
  const items = async () => {
    await user.click(within(reader).getByRole("button", { name: /^Actions/ }));
    const found = (await screen.findAllByRole("menuitem")).map((item) => item.textContent);
    await user.keyboard("{Escape}");
    return found;
  };
  expect(await items()).toEqual(["Show whole record"]);
  await user.click(screen.getAllByRole("button", { name: /Nursing note/ })[0] as HTMLElement);
  expect(await items()).toEqual(["Show whole record", MARK]);
  expect(screen.getByText("Author not known")).toBeVisible();
});

test("a rounded value also shows the recorded value", async () => {
  const { user } = await show({ role: "nurse" }, "/chart/p1/vitals");
  await user.click(screen.getByRole("radio", { name: "Tables" }));
  expect(screen.getByText("80.7 kg")).toBeVisible();
  expect(screen.getByText("recorded as 80.70271828182845 kg")).toBeVisible();
  await user.click(screen.getByRole("tab", { name: "Results" }));
  expect(await screen.findByText("recorded as 4.600271828182845 mmol/L")).toBeVisible();
  await user.click(screen.getByRole("tab", { name: "Timeline" }));
  expect(await screen.findByTitle(/^recorded as .*0271828182845$/)).toBeVisible();
});

test("V and W open the forms", async () => {
  const { user } = await show({ role: "nurse" }, "/chart/p1/summary");
  await user.keyboard("v");
  expect(await screen.findByRole("form", { name: "Record vitals" })).toBeVisible();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("form", { name: "Record vitals" })).toBeNull());
  await user.keyboard("w");
  expect(await screen.findByRole("form", { name: "Write a note" })).toBeVisible();
});

test("after saving, after Escape and after a dialog the focus is where work goes on", async () => {
  const { user } = await show({ role: "nurse" }, "/chart/p1/summary");
  const open = () => screen.findByRole("button", { name: /^Record vitals/ });
  await user.click(await open());
  await user.keyboard("{Escape}");
  await waitFor(async () => expect(await open()).toHaveFocus());
  await user.click(screen.getByRole("button", { name: /^Write a note/ }));
  await user.keyboard("Feels well.");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(screen.queryByRole("form", { name: "Write a note" })).toBeNull());
  await waitFor(() => expect(document.activeElement?.closest("aside")).not.toBeNull());
});

test("known allergies next to a restricted one say that the list is incomplete", async () => {
  await show({ role: "nurse" }, "/chart/p4/summary");
  expect(screen.getByText("Some allergies may not be shown: ask before you treat.")).toBeVisible();
});

test("refuted allergies and unconfirmed problems are never among the known ones", async () => {
  const { user } = await show({ role: "nurse" }, "/chart/p1/allergies");
  expect(screen.getByRole("region", { name: "Known allergies" })).not.toHaveTextContent("Aspirin");
  expect(screen.getByRole("region", { name: "Ruled out or entered in error" })).toHaveTextContent(
    "Aspirin Refuted (ruled out)",
  );
  expect(screen.getByText("Note: Adrenaline was needed.")).toBeVisible();
  await user.click(screen.getByRole("tab", { name: "Problems" }));
  const embolism = screen.getByRole("region", { name: "Unconfirmed problems" });
  expect(embolism).toHaveTextContent("Pulmonary embolism Differential diagnosis");
  expect(screen.getByRole("region", { name: "Problems" })).not.toHaveTextContent("Pulmonary embolism");
  expect(screen.getByRole("region", { name: "Past problems" })).toHaveTextContent("since 02-Nov-2018 until 2019");
});

test("a row entered in error says so in words", async () => {
  await show({ role: "nurse" }, "/chart/p1/timeline");
  expect(screen.getAllByText("Entered in error")).toHaveLength(1);
});

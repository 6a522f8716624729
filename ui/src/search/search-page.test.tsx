import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { makeFailure } from "../ipc/fake/fake-ipc";
import { show } from "../testing/show";

afterEach(() => {
  vi.useRealTimers();
});

test("empty: says what can be searched for", async () => {
  await show({ role: "nurse" }, "/search?q=xxxx");
  expect(screen.getByText(/No patients match/)).toBeVisible();
});

test("empty: a text without letters and digits is not called a search without matches", async () => {
  await show({ role: "nurse" }, `/search?q=${encodeURIComponent('"?!"')}`);
  expect(await screen.findByText(/no letters or digits/)).toBeVisible();
  expect(screen.queryByText(/No patients match/)).toBeNull();
});

test("similar names come under a divider and are not counted as matches", async () => {
  await show({ role: "nurse" }, "/search?q=gonzáles");
  const table = await screen.findByRole("table", { name: "Patients found" });
  const rows = within(table).getAllByRole("row").slice(1);
  const at = rows.findIndex((row) => row.textContent?.startsWith("Similar names"));
  expect(rows[at]).toHaveTextContent("GONSALVES, Peter");
  expect(
    rows
      .slice(0, at)
      .map((row) => row.textContent)
      .join(),
  ).not.toContain("GONSALVES");
  expect(screen.getByText(/with similar names/)).toBeVisible();
});

test("the last search is selected when the field takes the focus", async () => {
  const { user } = await show({ role: "nurse" });
  await user.keyboard("/gon");
  const field = screen.getByRole<HTMLInputElement>("searchbox", { name: /Find/ });
  await user.tab();
  await user.click(field);
  expect(field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0)).toBe("gon");
});

test("a death and a merge stand under the name in every list", async () => {
  await show({ role: "nurse" }, "/search?q=CH-01012");
  expect(await screen.findByText("Died 02-Apr-2025")).toBeVisible();
  expect(screen.getByText("Merged into another record")).toBeVisible();
});

test("error: says what happened", async () => {
  await show({ role: "nurse", failing: { search_patients: makeFailure("store_damaged") } }, "/search?q=gon");
  expect(screen.getByRole("alert")).toHaveTextContent("damaged");
});

test("incomplete: an empty result is not reported as no match", async () => {
  await show({ role: "nurse", damaged: true }, "/search?q=xxxx");
  expect(screen.getByRole("alert")).toHaveTextContent("Some patients cannot be shown");
  expect(screen.queryByText(/No patients match/)).toBeNull();
});

test("populated: typing finds accents, patients opened today come first, ↓ and Enter open a chart", async () => {
  const { user } = await show({ role: "nurse" });
  await user.keyboard("/gon");
  expect(await screen.findByRole("heading", { name: "Patients matching “gon”" })).toBeVisible();
  const table = await screen.findByRole("table", { name: "Patients found" });
  const rows = within(table).getAllByRole("row").slice(1);
  expect(rows[0]).toHaveTextContent(/GONZÁLEZ, María FernandaCH-004471.*03-Feb-196165 y · female.*Opened by you today/);
  await user.keyboard("{ArrowDown}{Enter}");
  expect(await screen.findByRole("region", { name: "Patient" })).toHaveTextContent("GONZÁLEZ");
});

test("a chart opened right after typing stays open", async () => {
  const { user } = await show({ role: "nurse" }, "/search?q=gon");
  const row = await screen.findByRole("button", { name: /GONZÁLEZ/ });
  vi.useFakeTimers({ shouldAdvanceTime: true });
  await user.keyboard("/gonz");
  await user.click(row);
  expect(await screen.findByRole("region", { name: "Patient" })).toHaveTextContent("GONZÁLEZ");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(screen.getByRole("region", { name: "Patient" })).toHaveTextContent("GONZÁLEZ");
});

test("a patient is shown as never seen only if no visit can be missing", async () => {
  await show({ role: "nurse" }, "/search?q=");
  const seen = async (who: RegExp) => (await screen.findByRole("row", { name: who })).textContent;
  expect(await seen(/WANGARI/)).not.toMatch(/No visit recorded/);
  expect(screen.getAllByText("No visit recorded").length).toBeGreaterThan(0);
});

test("a chart that is still downloading cannot be opened", async () => {
  const { user } = await show({ role: "nurse" }, "/search?q=wangari");
  const row = await screen.findByRole("button", { name: /WANGARI/ });
  expect(screen.getByText("Downloading")).toBeVisible();
  await user.click(row);
  expect(screen.getByRole("table", { name: "Patients found" })).toBeVisible();
});

test("the palette shows patients first and opens the chosen one", async () => {
  const { user } = await show({ role: "nurse" });
  await user.keyboard("{Control>}k{/Control}");
  const dialog = await screen.findByRole("dialog", { name: "Patients and commands" });
  await user.keyboard("otieno");
  await waitFor(() => expect(within(dialog).getAllByRole("option")[0]).toHaveTextContent("OTIENO, Baraka"));
  await user.click(within(dialog).getByRole("option", { name: /OTIENO/ }));
  expect(await screen.findByRole("region", { name: "Patient" })).toHaveTextContent("OTIENO, Baraka");
});

test("the palette runs commands", async () => {
  const { user } = await show({ role: "nurse" });
  await user.keyboard("{Control>}k{/Control}");
  await screen.findByRole("dialog", { name: "Patients and commands" });
  await user.keyboard("dark");
  await user.click(await screen.findByRole("option", { name: /Theme: dark/ }));
  await waitFor(() => expect(document.documentElement.dataset.theme).toBe("dark"));
});

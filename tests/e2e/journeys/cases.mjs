// Records of other systems that were shown wrong once: each case is imported, and what must be seen is seen in the window.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { CHARTS, OTHERS, SEARCHES, VITALS } from "../case-table.mjs";
import { Clinic } from "../clinic.mjs";
import { PageDriver } from "../page-driver.mjs";
import { until } from "../processes.mjs";
import { findFaults, readScreen } from "../screen-text.mjs";

const FOLDER = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../fixtures/cases");

export default async function cases(journey) {
  const step = journey.step.bind(journey);
  const files = fs.readdirSync(FOLDER).toSorted();
  const expected = [...CHARTS, ...SEARCHES, VITALS].map(({ file }) => file).concat(OTHERS);
  assert.deepEqual([...new Set(expected)].map((file) => `${file}.ndjson`).toSorted(), files, "each case is expected");

  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  await step("a physician is enrolled and downloads the clinic's records", async () => {
    await clinic.enrol("jonas");
    await clinic.runAs("jonas", "sync");
  });
  await step("every case is imported, and what belongs to no chart is said", async () => {
    const all = path.join(journey.workstation.root, "cases.ndjson");
    fs.writeFileSync(all, files.map((file) => fs.readFileSync(path.join(FOLDER, file), "utf8").trimEnd()).join("\n"));
    const report = await clinic.runAs("jonas", "import", { file: all });
    assert.deepEqual(report.no_chart, [{ type: "AllergyIntolerance", reason: "patient_elsewhere", count: 1 }]);
    assert.deepEqual([report.bundles, report.refused, report.broken_lines], [1, [], []]);
    // A Bundle counts as the records in it, a related person as one of the patient.
    const lines = fs.readFileSync(all, "utf8").split("\n").length;
    assert.equal(report.read, lines, JSON.stringify(report));
    assert.equal(report.in_charts, lines - 1, JSON.stringify(report));
  });
  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const page = new PageDriver(app);
  await step("the physician unlocks, and the network goes down", async () => {
    await page.unlock(clinic, "jonas");
    await page.waitForSync(120_000);
    await clinic.stop();
  });

  const faults = [];
  const collect = (where, found) => faults.push(...found.map((fault) => `${where}: ${fault}`));
  for (const { file, typed, finds } of SEARCHES) {
    await step(`${file}: ${finds} is found`, async () => {
      for (const query of typed) {
        await page.search(query);
        const found = await until("the results", 5_000, () => page.canPress(finds, { part: true })).catch(() => false);
        collect(`${file}, search for ${query}`, found ? [] : [`${finds} is not found`]);
      }
    });
  }
  let opened = "";
  const open = async (query, chart) => {
    if (opened !== chart) await page.openChart(query, chart);
    opened = chart;
  };
  for (const expectation of CHARTS.toSorted((a, b) => a.chart.localeCompare(b.chart))) {
    const { file, query, chart, tab, press, opened: records = {}, leadsTo } = expectation;
    await step(`${file}: ${chart}, ${tab}`, async () => {
      await open(query, chart);
      await page.press(tab);
      if (press) await page.press(press);
      collect(`${file}, ${chart}, ${tab}`, await faultsOf(app, expectation));
      for (const [name, record] of Object.entries(records)) {
        await openNote(app, name);
        collect(`${file}, ${chart}, ${name}`, await faultsOf(app, { reader: record }));
      }
      if (leadsTo === undefined) return;
      await page.press(leadsTo.press);
      opened = "";
      collect(`${file}, ${leadsTo.press}`, await faultsOf(app, leadsTo));
    });
  }
  for (const chart of VITALS.patients) {
    await step(`${VITALS.file}: vital signs of ${chart} are saved`, async () => {
      await open(chart.toLowerCase(), chart);
      for (const taken of VITALS.taken) await saveVitals(page, taken);
      await page.press("Vitals");
      await page.press("Tables");
      const found = await faultsOf(app, { rows: { "15-Mar-2026": { see: ["/min"] }, "10-Nov-2026": { see: ["/min"] } } });
      const { rows } = await readScreen(app);
      const saved = rows.filter((row) => row.includes("110 /min"));
      if (saved.length !== VITALS.taken.length) found.push(`not one row for each time: ${JSON.stringify(saved)}`);
      collect(`${VITALS.file}, ${chart}`, found);
    });
  }
  await step("pregnant: no NEWS2, with the reason", async () => {
    await open("pregtest", "PREGTEST");
    await page.press("Record vitals");
    const fields = { Systolic: "118", Diastolic: "76", Pulse: "88", Temperature: "36.9", Respiration: "16", "SpO₂": "98" };
    for (const [label, value] of Object.entries(fields)) await page.type(label, value);
    await (await page.field("Consciousness")).sendKeys("Alert");
    await (await page.field("Air or oxygen")).sendKeys("Air");
    collect("pregnant", await faultsOf(app, { see: ["No NEWS2 in pregnancy"], not: [/NEWS2 \d/] }));
    await journey.screen("pregnant");
  });
  await step("all that must be seen was seen, and nothing that must not be", () => assert.deepEqual(faults, []));
  await step("no violation of the content security policy", () => journey.noViolations());
}

/** Opens the note or document whose row begins with this name. */
function openNote(app, name) {
  const click = `
    const rows = [...document.querySelectorAll("main [role=row] button")];
    const row = rows.find((row) => row.innerText.trim().startsWith(arguments[0]));
    row?.click();
    return row !== undefined;`;
  return until(`the document “${name}”`, 10_000, () => app.driver.executeScript(click, name));
}

/** Reads the screen until it is as expected; returns what is wrong with it after some seconds. */
async function faultsOf(app, expectation) {
  let found = null;
  await until("the screen", 4_000, async () => {
    found = findFaults(await readScreen(app), expectation);
    return found.length === 0;
  }).catch(({ cause }) => {
    found ??= [`the screen could not be read: ${cause}`];
  });
  return found;
}

/** Records a pulse and a respiration, taken on this date or now. */
async function saveVitals(page, taken) {
  await page.press("Record vitals");
  await page.type("Pulse", "110");
  await page.type("Respiration", "24");
  if (taken !== null) {
    await page.press("Change time");
    await page.retype("Date taken", taken);
  }
  await page.press("Save");
  await until("the vital signs to be saved", 10_000, async () => {
    if (await page.canPress("I measured again", { part: true })) {
      await page.press("I measured again", { part: true });
      await page.press("Save");
    }
    return !(await page.canPress("Save", { part: true }));
  });
}

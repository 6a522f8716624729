// A workstation with damaged files: the nurse is informed, nothing is reported absent, and the server restores the records.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { Clinic } from "../clinic.mjs";
import { PageDriver } from "../page-driver.mjs";
import { until } from "../processes.mjs";

/** The chart to check: it has allergies, problems, medicines and notes. */
const SEARCH = "gonzalez";
const GIVEN = "María Fernanda";
/** Part of the name of one of her allergies. */
const ALLERGY = "enicillin";
/** The notice after unlock about each lost part (`notice.segment.rebuilding`). */
const NOTICE = "Records are being downloaded again";
/** The notice at the top of the chart (`absence.title`). */
const PARTIAL = "Some records are missing from this workstation";
/** The text in place of allergies that cannot be read (`allergies.unavailable`). */
const UNAVAILABLE = "Allergies unavailable";
/** Statements of absence: each would be false while a part is missing. */
const ABSENCE = [
  "Allergies not recorded",
  "No one has recorded whether there are any",
  "No known allergies",
  "No active problems are recorded",
  "No current medicines are recorded",
  "No note has been signed yet",
  "No one is waiting",
];
/** The ids of the nurse's lists. */
const LISTS = ["queue", "vitals_due", "my_patients"];

export default async function damage(journey) {
  const step = journey.step.bind(journey);
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  await step("a nurse and a physician are enrolled and the records are downloaded", async () => {
    await clinic.enrol("jonas", "amara");
    await clinic.runAs("jonas", "sync");
    const answer = await clinic.runAs("amara", "sync");
    assert.equal(answer.failed, 0, JSON.stringify(answer));
  });
  const segment = (name) => path.join(clinic.profile, "segments", `${name}.db`);
  await step("one bit of encounters.db is flipped, clinical.db is deleted, and the network is down", async () => {
    flip(segment("encounters"));
    fs.rmSync(segment("clinical"));
    await clinic.stop();
  });

  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const page = new PageDriver(app);
  const call = async (name, request) => {
    const { ok, failed } = await app.invoke(name, { request });
    assert.ok(ok, `${name}: ${JSON.stringify(failed)}`);
    return ok;
  };
  const reportsNoAbsence = async (where) => {
    const shown = await page.text();
    for (const text of ABSENCE) assert.ok(!shown.includes(text), `${where} says “${text}”`);
  };

  await step("the nurse unlocks and is informed", async () => {
    await page.unlock(clinic, "amara");
    await page.waitForText(NOTICE);
    await reportsNoAbsence("the home page");
    await journey.screen("notice");
  });
  await step("every row of the lists says what cannot be read", async () => {
    for (const list of LISTS) {
      const { rows } = await call("worklist", { list, offset: 0, limit: 100 });
      for (const row of rows) assert.equal(row.safety.state, "unavailable", `${list}: ${row.patient.family}`);
    }
    await reportsNoAbsence("the lists");
  });
  await step("the chip does not say complete", async () => {
    const chip = (await app.invoke("sync_chip")).ok;
    assert.ok(!(chip.state === "idle" && chip.complete !== null), JSON.stringify(chip));
    assert.ok(!/Synced \d/.test(await page.text()));
  });
  await step("the chart says unavailable and reports nothing absent", async () => {
    await page.openChart(SEARCH, GIVEN);
    await page.waitForText(UNAVAILABLE);
    await page.waitForText(PARTIAL);
    await reportsNoAbsence("the summary");
    await journey.screen("chart");
    for (const tab of ["Timeline", "Notes and documents", "Results", "Vitals", "Medicines", "Problems", "Allergies", "Immunisations"]) {
      await page.press(tab);
      await app.waitForPaint();
      await reportsNoAbsence(`the tab ${tab}`);
      if (tab === "Timeline") await journey.screen("timeline");
    }
  });
  await step("after locking and unlocking the notice is still shown", async () => {
    await page.lock();
    await page.unlock(clinic, "amara", { full: false });
    await page.waitForText(NOTICE);
  });

  await step("the network is back, and the missing records are downloaded with a progress bar", async () => {
    await page.press("Sync");
    await clinic.start();
    await app.invoke("sync_now");
    await until("the progress", 60_000, async () => {
      const { ok } = await app.invoke("sync_page");
      return ok?.progress && ok;
    });
    await journey.screen("progress");
    await page.waitForSync(180_000);
    await page.waitForText("Records are complete again");
    assert.ok(!(await page.text()).includes(NOTICE), "the download notice goes when the download has ended");
  });
  await step("the chart has its allergies again", async () => {
    await page.openChart(SEARCH, GIVEN);
    await page.waitForText(ALLERGY, 30_000);
    const shown = await page.text();
    assert.ok(!shown.includes(UNAVAILABLE) && !shown.includes(PARTIAL), "the chart is complete again");
    await journey.screen("rebuilt");
  });
  await step("the damaged file is still there", () => {
    const saved = fs.readdirSync(path.join(clinic.profile, "segments")).filter((name) => name.startsWith("encounters.db."));
    assert.notDeepEqual(saved, []);
  });
  await step("no violation of the content security policy", () => journey.noViolations());
  await step("the audit log has the findings", async () => {
    await page.lock();
    await app.close();
    const report = await clinic.run(["audit", "verify"]);
    assert.ok(report.findings.length > 0 && report.code === "finding", JSON.stringify(report));
  });
}

/** Flips one bit of the first page of a file. */
function flip(file) {
  const bytes = fs.readFileSync(file);
  bytes[4096] ^= 0x10;
  fs.writeFileSync(file, bytes);
}

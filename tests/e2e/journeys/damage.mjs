// A workstation whose files are damaged: the nurse is told, nothing is called absent, and the server gives it back.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { Clinic } from "../clinic.mjs";
import { Hands } from "../hands.mjs";
import { until } from "../processes.mjs";

/** The chart that is looked at: it has allergies, problems, medicines and notes. */
const SEARCH = "gonzalez";
const GIVEN = "María Fernanda";
/** Part of what her allergies name. */
const ALLERGY = "enicillin";
/** What the notice after unlock says of each lost part (`notice.segment.rebuilding`). */
const NOTICE = "Records are being downloaded again";
/** What the chart says above everything (`absence.title`). */
const PARTIAL = "Some records are missing from this workstation";
/** What stands where allergies cannot be read (`allergies.unavailable`). */
const UNAVAILABLE = "Allergies unavailable";
/** Sentences that something is not there: each would be a lie while a part is missing. */
const ABSENCE = [
  "Allergies not recorded",
  "No one has recorded whether there are any",
  "No known allergies",
  "No active problems are recorded",
  "No current medicines are recorded",
  "No note has been signed yet",
  "No one is waiting",
];
/** The lists of the nurse's home, as their tabs are called by the program. */
const LISTS = ["queue", "vitals_due", "my_patients"];

export default async function damage(journey) {
  const step = journey.step.bind(journey);
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  await step("a nurse and a physician are enrolled and the records are here", async () => {
    await clinic.enrol("jonas", "amara");
    await clinic.as("jonas", "sync");
    const answer = await clinic.as("amara", "sync");
    assert.equal(answer.failed, 0, JSON.stringify(answer));
  });
  const segment = (name) => path.join(clinic.profile, "segments", `${name}.db`);
  await step("one bit of encounters.db is flipped, clinical.db is deleted, and the network is down", async () => {
    flip(segment("encounters"));
    fs.rmSync(segment("clinical"));
    await clinic.stop();
  });

  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const hands = new Hands(app);
  const ask = async (name, request) => {
    const { ok, failed } = await app.invoke(name, { request });
    assert.ok(ok, `${name}: ${JSON.stringify(failed)}`);
    return ok;
  };
  const tellsNoAbsence = async (where) => {
    const shown = await hands.read();
    for (const words of ABSENCE) assert.ok(!shown.includes(words), `${where} says “${words}”`);
  };

  await step("the nurse unlocks and is told", async () => {
    await hands.unlock(clinic, "amara");
    await hands.see(NOTICE);
    await tellsNoAbsence("the home page");
    await journey.screen("told");
  });
  await step("the lists say what cannot be read, in every row", async () => {
    for (const list of LISTS) {
      const { rows } = await ask("worklist", { list, offset: 0, limit: 100 });
      for (const row of rows) assert.match(row.safety, /unavailable/, `${list}: ${row.patient.family}: “${row.safety}”`);
    }
    await tellsNoAbsence("the lists");
  });
  await step("the chip does not say complete", async () => {
    const chip = (await app.invoke("sync_chip")).ok;
    assert.ok(!(chip.state === "idle" && chip.complete !== ""), JSON.stringify(chip));
    assert.ok(!/Synced \d/.test(await hands.read()));
  });
  await step("her patient's chart says unavailable, and no absence", async () => {
    await hands.openChart(SEARCH, GIVEN);
    await hands.see(UNAVAILABLE);
    await hands.see(PARTIAL);
    await tellsNoAbsence("the summary");
    await journey.screen("chart");
    for (const tab of ["Timeline", "Notes", "Results", "Vitals", "Medicines", "Problems", "Allergies", "Immunisations"]) {
      await hands.press(tab);
      await app.painted();
      await tellsNoAbsence(`the tab ${tab}`);
      if (tab === "Timeline") await journey.screen("timeline");
    }
  });
  await step("lock and unlock again: the evidence is still told", async () => {
    await hands.lock();
    await hands.unlock(clinic, "amara", { full: false });
    await hands.see(NOTICE);
  });

  await step("the network is back, and what is missing comes from the server, with its progress", async () => {
    await hands.press("Sync");
    await clinic.start();
    await app.invoke("sync_now");
    await until("the progress", 60_000, async () => {
      const { ok } = await app.invoke("sync_page");
      return ok?.progress && ok;
    });
    await journey.screen("progress");
    await hands.synced(180_000);
    await hands.see("Records are complete again");
    assert.ok(!(await hands.read()).includes(NOTICE), "the download is not told any more when it has ended");
  });
  await step("the chart has its allergies again", async () => {
    await hands.openChart(SEARCH, GIVEN);
    await hands.see(ALLERGY, 30_000);
    const shown = await hands.read();
    assert.ok(!shown.includes(UNAVAILABLE) && !shown.includes(PARTIAL), "the chart is whole again");
    await journey.screen("rebuilt");
  });
  await step("the damaged file is kept", () => {
    const kept = fs.readdirSync(path.join(clinic.profile, "segments")).filter((name) => name.startsWith("encounters.db."));
    assert.notDeepEqual(kept, []);
  });
  await step("no violation of the content security policy", () => journey.noViolations());
  await step("the log has it", async () => {
    await hands.lock();
    await app.close();
    const told = await clinic.ask(["audit", "verify"]);
    assert.ok(told.findings.length > 0 && told.code === "finding", JSON.stringify(told));
  });
}

/** Flips one bit of the first page of a file. */
function flip(file) {
  const bytes = fs.readFileSync(file);
  bytes[4096] ^= 0x10;
  fs.writeFileSync(file, bytes);
}

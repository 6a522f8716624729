// Locking hides and erases everything, a colleague sees nothing of it, and the same person gets it back.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { Key } from "selenium-webdriver";
import { Clinic } from "../clinic.mjs";
import { PageDriver } from "../page-driver.mjs";
import { scanFiles, scanMemory } from "../memory.mjs";
import { isRunning } from "../processes.mjs";

/** Typed into a note and found nowhere else. */
const CANARY = "Quetzalcanary Obsidian-Mbingu";
/** The given name of a patient, just as unique: it arrives by sync and is stored in the databases. */
const PATIENT = "Zephyranthes";
/** The text of the note. */
const NOTE = `Seen today: ${CANARY}. To be continued`;

export default async function lock(journey) {
  const step = journey.step.bind(journey);
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  await step("another system registers a patient with a canary name", async () => {
    const token = await clinic.token("jonas");
    const name = [{ use: "official", family: "Mwinyi", given: [PATIENT] }];
    const identifier = [{ use: "usual", system: "urn:chartkeep:demo:clinic-number", value: "CH-990001" }];
    const body = { resourceType: "Patient", id: "canary", identifier, active: true, name, gender: "female", birthDate: "1958-06-30" };
    const created = await clinic.fhirRequest(token, "PUT", "Patient/canary", { body });
    assert.equal(created.status, 201, created.text);
  });
  await step("two nurses are enrolled and the records are downloaded", async () => {
    await clinic.enrol("amara", "grace");
    await clinic.runAs("amara", "sync");
  });
  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const page = new PageDriver(app);
  const sum = (found) => found.reduce((all, one) => all + one.hits, 0);

  await step("Amara opens a chart and starts a note", async () => {
    await page.unlock(clinic, "amara");
    await page.openChart(PATIENT.toLowerCase(), PATIENT);
    await page.press("Problems");
    await page.press("Write a note");
    await page.type("Note", NOTE);
    await page.waitForText("Draft saved");
    await journey.screen("draft");
  });
  await step("while unlocked the scan finds the typed text and the patient's name", () => {
    for (const canary of [CANARY, PATIENT]) {
      const found = scanMemory(app.pid, canary);
      assert.ok(found.some((one) => one.name.startsWith("WebKitWeb") && one.hits > 0), JSON.stringify(found));
      console.log(`       ${canary}: ${found.map((one) => `${one.name} ${one.hits}`).join(", ")}`);
    }
  });
  await step("the note is copied to the clipboard", async () => {
    const area = await page.field("Note");
    await area.click();
    await page.pressKeys(Key.CONTROL, "a");
    await page.pressKeys(Key.CONTROL, "c");
    await page.pressKeys(Key.END);
    assert.ok(sum(scanMemory(app.pid, CANARY)) > 0);
  });
  await step("Ctrl+L locks", async () => {
    const times = await page.lock();
    assert.ok(app.commandLine().includes("--locked"));
    console.log(`       old engine gone after ${times.gone} ms, driven again after ${times.attached} ms`);
    const shown = await page.text();
    assert.ok(!shown.includes(PATIENT) && !shown.includes(CANARY));
    await page.waitForText("Unfinished drafts are saved, encrypted.");
    await journey.screen("locked");
  });
  await step("after the lock the scan finds nothing in any process", () => {
    for (const canary of [CANARY, PATIENT]) {
      const found = scanMemory(app.pid, canary);
      assert.ok(found.length >= 2, "the new engine is scanned too");
      assert.deepEqual(found.filter((one) => one.hits > 0), [], canary);
    }
  });
  await step("a wrong password and a wrong code give the same message", async () => {
    await page.press("Grace Wambui", { part: true });
    await page.type("Workstation password", "not her password at all");
    await page.type("Workstation code", "000000");
    await page.press("Unlock");
    await page.waitForText("Incorrect password or code", 30_000);
    await journey.screen("refused");
  });

  await step("Grace unlocks and sees neither chart nor draft", async () => {
    await page.unlock(clinic, "grace");
    await page.waitForText("Waiting now");
    const shown = await page.text();
    assert.ok(!shown.includes(CANARY) && !shown.includes("Write a note"));
    assert.deepEqual((await app.invoke("drafts")).ok, []);
    assert.equal((await app.invoke("session")).ok.resume, null);
    // Completeness is tracked for each person separately.
    await page.waitForSync();
    await page.openChart(PATIENT.toLowerCase(), PATIENT);
    assert.ok(!(await page.canPress("Continue: Note")), "no draft of a colleague");
    await journey.screen("colleague");
  });
  await step("Grace locks", () => page.lock());
  await step("Amara unlocks and is back in the chart, the draft and the caret", async () => {
    await page.unlock(clinic, "amara");
    await page.waitForText(PATIENT);
    const area = await page.field("Note");
    assert.equal(await area.getAttribute("value"), NOTE);
    const at = await app.driver.executeScript(
      "const a = document.activeElement; return { tag: a.tagName, at: a.selectionStart, tab: document.querySelector('[role=tab][aria-selected=true]').textContent }",
    );
    assert.deepEqual(at, { tag: "TEXTAREA", at: NOTE.length, tab: "Problems" });
    await journey.screen("resumed");
  });
  await step("no violation of the content security policy", () => journey.noViolations());

  await step("the command line prints neither, and leaves no process running", async () => {
    await page.lock();
    await app.close();
    const answers = [await clinic.runAs("amara", "sync"), await clinic.run(["doctor"]), await clinic.run(["audit", "verify"])];
    assert.ok(answers.every((one) => one.ok), JSON.stringify(answers));
    const text = JSON.stringify(answers);
    assert.ok(!text.includes(PATIENT) && !text.includes(CANARY));
    assert.deepEqual(runningIn(journey.workstation), [], "programs of this journey that are still running");
  });
  await step("neither is in any file: profile, web view, temporary folder, logs, cores", () => {
    const { home, temp, logs, env } = journey.workstation;
    assert.ok(fs.existsSync(path.join(temp, "chartkeep-e2e-web-view")), "the web view of a build for these tests stores its data here");
    for (const canary of [CANARY, PATIENT]) {
      for (const folder of [home, temp, logs, env.XDG_RUNTIME_DIR]) assert.deepEqual(scanFiles(folder, canary), []);
      // The same scan finds the name where it must be: on the server.
      if (canary === PATIENT) assert.notDeepEqual(scanFiles(path.join(journey.workstation.root, "backend"), canary), []);
    }
    const cores = [journey.workstation.root, process.cwd()].flatMap((at) => fs.readdirSync(at)).filter((name) => /^core(\.|$)/.test(name));
    assert.deepEqual(cores, []);
  });
}

/** Programs of the product that are running on this journey's workstation. */
function runningIn(workstation) {
  return fs.readdirSync("/proc").filter((pid) => {
    try {
      const ours = /^(chartkeep|WebKit)/.test(fs.readFileSync(`/proc/${pid}/comm`, "utf8"));
      return ours && isRunning(pid) && fs.readFileSync(`/proc/${pid}/environ`, "utf8").includes(workstation.root);
    } catch {
      return false;
    }
  });
}

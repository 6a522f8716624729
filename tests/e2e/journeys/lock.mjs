// Walking away: lock hides and forgets everything, a colleague sees nothing of it, and it is back for the same person.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { Key } from "selenium-webdriver";
import { Clinic } from "../clinic.mjs";
import { Hands } from "../hands.mjs";
import { scanFiles, scanMemory } from "../memory.mjs";
import { alive } from "../processes.mjs";

/** Typed into a note and found nowhere else in the world. */
const CANARY = "Quetzalcanary Obsidian-Mbingu";
/** The given name of a patient, likewise: it comes by sync and is kept in the stores. */
const NAMED = "Zephyranthes";
/** What the first note of the journey says. */
const NOTE = `Seen today: ${CANARY}. To be gone on with`;

export default async function lock(journey) {
  const step = journey.step.bind(journey);
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  await step("another system registers a patient with a canary's name", async () => {
    const token = await clinic.token("jonas");
    const name = [{ use: "official", family: "Mwinyi", given: [NAMED] }];
    const identifier = [{ use: "usual", system: "urn:chartkeep:demo:clinic-number", value: "CH-990001" }];
    const body = { resourceType: "Patient", id: "canary", identifier, active: true, name, gender: "female", birthDate: "1958-06-30" };
    const kept = await clinic.asServer(token, "PUT", "Patient/canary", { body });
    assert.equal(kept.status, 201, kept.text);
  });
  await step("two nurses are enrolled and the records are here", async () => {
    await clinic.enrol("amara", "grace");
    await clinic.as("amara", "sync");
  });
  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const hands = new Hands(app);
  const sum = (found) => found.reduce((all, one) => all + one.hits, 0);

  await step("Amara opens a chart and begins a note", async () => {
    await hands.unlock(clinic, "amara");
    await hands.openChart(NAMED.toLowerCase(), NAMED);
    await hands.press("Problems");
    await hands.press("Write a note");
    await hands.type("Note", NOTE);
    await hands.see("Draft saved");
    await journey.screen("draft");
  });
  await step("while unlocked the scan finds what was typed and who it is about", () => {
    for (const words of [CANARY, NAMED]) {
      const found = scanMemory(app.pid, words);
      assert.ok(found.some((one) => one.name.startsWith("WebKitWeb") && one.hits > 0), JSON.stringify(found));
      console.log(`       ${words}: ${found.map((one) => `${one.name} ${one.hits}`).join(", ")}`);
    }
  });
  await step("the note is copied to the clipboard", async () => {
    const area = await hands.field("Note");
    await area.click();
    await hands.keys(Key.CONTROL, "a");
    await hands.keys(Key.CONTROL, "c");
    await hands.keys(Key.END);
    assert.ok(sum(scanMemory(app.pid, CANARY)) > 0);
  });
  await step("Ctrl+L locks", async () => {
    const times = await hands.lock();
    assert.ok(app.image().includes("--locked"));
    console.log(`       old engine gone after ${times.gone} ms, driven again after ${times.attached} ms`);
    const shown = await hands.read();
    assert.ok(!shown.includes(NAMED) && !shown.includes(CANARY));
    await hands.see("Unfinished drafts are saved, encrypted.");
    await journey.screen("locked");
  });
  await step("after the lock the scan finds nothing in any process", () => {
    for (const words of [CANARY, NAMED]) {
      const found = scanMemory(app.pid, words);
      assert.ok(found.length >= 2, "the new engine is scanned too");
      assert.deepEqual(found.filter((one) => one.hits > 0), [], words);
    }
  });
  await step("a wrong password and a wrong code read the same", async () => {
    await hands.press("Grace Wambui", { part: true });
    await hands.type("Workstation password", "not her password at all");
    await hands.type("Workstation code", "000000");
    await hands.press("Unlock");
    await hands.see("Incorrect password or code", 30_000);
    await journey.screen("refused");
  });

  await step("Grace unlocks and sees neither chart nor draft", async () => {
    await hands.unlock(clinic, "grace");
    await hands.see("Waiting now");
    const shown = await hands.read();
    assert.ok(!shown.includes(CANARY) && !shown.includes("Write a note"));
    assert.deepEqual((await app.invoke("drafts")).ok, []);
    assert.equal((await app.invoke("session")).ok.resume, null);
    // What is complete is known for each sign-in by itself.
    await hands.synced();
    await hands.openChart(NAMED.toLowerCase(), NAMED);
    assert.ok(!(await hands.offers("Continue: Note")), "nobody else's draft");
    await journey.screen("colleague");
  });
  await step("Grace locks", () => hands.lock());
  await step("Amara unlocks and is back in the chart, the draft and the caret", async () => {
    await hands.unlock(clinic, "amara");
    await hands.see(NAMED);
    const area = await hands.field("Note");
    assert.equal(await area.getAttribute("value"), NOTE);
    const at = await app.driver.executeScript(
      "const a = document.activeElement; return { tag: a.tagName, at: a.selectionStart, tab: document.querySelector('[role=tab][aria-selected=true]').textContent }",
    );
    assert.deepEqual(at, { tag: "TEXTAREA", at: NOTE.length, tab: "Problems" });
    await journey.screen("resumed");
  });
  await step("no violation of the content security policy", () => journey.noViolations());

  await step("the command line says nothing of either, and leaves no process", async () => {
    await hands.lock();
    await app.close();
    const told = [await clinic.as("amara", "sync"), await clinic.ask(["doctor"]), await clinic.ask(["audit", "verify"])];
    assert.ok(told.every((one) => one.ok), JSON.stringify(told));
    const text = JSON.stringify(told);
    assert.ok(!text.includes(NAMED) && !text.includes(CANARY));
    assert.deepEqual(runningIn(journey.desk), [], "programs of this journey that still run");
  });
  await step("neither is in any file: profile, web view, temporary folder, logs, cores", () => {
    const { home, temp, logs, env } = journey.desk;
    assert.ok(fs.existsSync(path.join(temp, "chartkeep-e2e-web-view")), "the web view of a driven build keeps its data here");
    for (const words of [CANARY, NAMED]) {
      for (const folder of [home, temp, logs, env.XDG_RUNTIME_DIR]) assert.deepEqual(scanFiles(folder, words), []);
      // The same scan finds it where it must be: on the server.
      if (words === NAMED) assert.notDeepEqual(scanFiles(path.join(journey.desk.root, "backend"), words), []);
    }
    const cores = [journey.desk.root, process.cwd()].flatMap((at) => fs.readdirSync(at)).filter((name) => /^core(\.|$)/.test(name));
    assert.deepEqual(cores, []);
  });
}

/** Programs of the product that run on this journey's workstation. */
function runningIn(desk) {
  return fs.readdirSync("/proc").filter((pid) => {
    try {
      const ours = /^(chartkeep|WebKit)/.test(fs.readFileSync(`/proc/${pid}/comm`, "utf8"));
      return ours && alive(pid) && fs.readFileSync(`/proc/${pid}/environ`, "utf8").includes(desk.root);
    } catch {
      return false;
    }
  });
}

// Walking away: lock hides and forgets everything, a colleague sees nothing of it, and it is back for the same person.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { Clinic } from "../clinic.mjs";
import { Hands } from "../hands.mjs";
import { scanFiles, scanMemory } from "../memory.mjs";

/** Typed into a note and found nowhere else in the world. */
const CANARY = "Quetzalcanary Obsidian-Mbingu";

export default async function lock(journey) {
  const step = journey.step.bind(journey);
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  await step("two nurses are enrolled and the records are here", async () => {
    await clinic.enrol("amara", "grace");
    await clinic.as("amara", "sync");
    await clinic.as("amara", "grant");
  });
  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const hands = new Hands(app);
  const hits = () => scanMemory(app.pid, CANARY);
  const sum = (found) => found.reduce((all, one) => all + one.hits, 0);

  await step("Amara opens a chart and begins a note", async () => {
    await hands.unlock(clinic, "amara");
    await hands.openChart("gonz", "María Fernanda");
    await hands.press("Problems");
    await hands.press("Write a note");
    await hands.type("Note", `Seen today: ${CANARY}. To be gone on with`);
    await hands.see("Draft kept");
    await journey.screen("draft");
  });
  await step("while unlocked the scan finds what was typed", () => {
    const found = hits();
    assert.ok(sum(found) > 0, JSON.stringify(found));
    assert.ok(found.some((one) => one.name.startsWith("WebKitWeb") && one.hits > 0), JSON.stringify(found));
    console.log(`       ${found.map((one) => `${one.name} ${one.hits}`).join(", ")}`);
  });
  await step("Ctrl+L locks", async () => {
    const times = await hands.lock();
    assert.ok(app.image().includes("--locked"));
    console.log(`       old engine gone after ${times.gone} ms, driven again after ${times.attached} ms`);
    const shown = await hands.read();
    assert.ok(!shown.includes("GONZÁLEZ") && !shown.includes(CANARY));
    await hands.see("Unfinished drafts are kept, encrypted.");
    await journey.screen("locked");
  });
  await step("after the lock the scan finds nothing in any process", () => {
    const found = hits();
    assert.ok(found.length >= 2, "the new engine is scanned too");
    assert.deepEqual(found.filter((one) => one.hits > 0), []);
    const name = scanMemory(app.pid, "María Fernanda");
    assert.deepEqual(name.filter((one) => one.hits > 0), [], "nor the patient's name");
  });
  await step("a wrong password and a wrong code read the same", async () => {
    await hands.press("Grace Wambui", { part: true });
    await hands.type("Workstation password", "not her password at all");
    await hands.type("Workstation code", "000000");
    await hands.press("Unlock");
    await hands.see("The password or the code is not right", 30_000);
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
    await hands.openChart("gonz", "María Fernanda");
    assert.ok(!(await hands.offers("Note: go on")), "nobody else's draft");
    await journey.screen("colleague");
  });
  await step("Grace locks", () => hands.lock());
  await step("Amara unlocks and is back in the chart, the draft and the caret", async () => {
    await hands.unlock(clinic, "amara");
    await hands.see("GONZÁLEZ");
    const area = await hands.field("Note");
    assert.equal(await area.getAttribute("value"), `Seen today: ${CANARY}. To be gone on with`);
    const at = await app.driver.executeScript(
      "const a = document.activeElement; return { tag: a.tagName, at: a.selectionStart, tab: document.querySelector('[role=tab][aria-selected=true]').textContent }",
    );
    assert.deepEqual(at, { tag: "TEXTAREA", at: `Seen today: ${CANARY}. To be gone on with`.length, tab: "Problems" });
    await journey.screen("resumed");
  });
  await step("no violation of the content security policy", () => journey.noViolations());

  await step("after the last lock the canary is in no file", async () => {
    await hands.lock();
    await app.close();
    for (const folder of [journey.desk.home, journey.desk.temp, journey.desk.logs, journey.desk.env.XDG_RUNTIME_DIR]) {
      assert.deepEqual(scanFiles(folder, CANARY), []);
    }
    const cores = fs.readdirSync(journey.desk.root).filter((name) => name.startsWith("core"));
    assert.deepEqual(cores, [], path.join(journey.desk.root));
    assert.ok((await clinic.ask(["audit", "verify"])).ok);
  });
}

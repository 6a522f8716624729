// A visit while the network is down: vitals and a signed note are saved, marked and reach the server once. Changes made
// on the server in the meantime are shown, and nothing is lost.
import assert from "node:assert/strict";
import path from "node:path";
import { Key } from "selenium-webdriver";
import { Clinic } from "../clinic.mjs";
import { PageDriver } from "../page-driver.mjs";
import { until } from "../processes.mjs";

const NOTE = "Dressing changed, wound clean and dry. Comes again on Thursday.";

export default async function visit(journey) {
  const step = journey.step.bind(journey);
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey, { faults: true }));
  await step("a nurse is enrolled", () => clinic.enrol("amara"));
  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const page = new PageDriver(app);
  let patient = "";
  let before = new Set();
  const token = await step("a colleague's program signs in", () => clinic.token("jonas"));
  const onServer = async (query) => {
    const answer = await clinic.fhirRequest(token, "GET", query);
    assert.equal(answer.status, 200, `${query}: ${answer.text}`);
    return (answer.body.entry ?? []).map((e) => e.resource);
  };

  await step("the nurse unlocks and the first sync ends", async () => {
    await page.unlock(clinic, "amara");
    await page.waitForSync(120_000);
  });
  await step("the server stops; the chart opens", async () => {
    await clinic.stop();
    // Another patient of the clinic has the same name.
    await page.openChart("kowalska 2002-01-07", "CH-002208");
    const { ok } = await app.invoke("search_patients", { request: { query: "kowalska", offset: 0, limit: 100 } });
    patient = ok.rows.find((row) => row.number === "CH-002208").patient;
  });

  await step("an impossible and an unusual value are marked", async () => {
    await page.press("Record vitals");
    await page.type("Systolic", "1200");
    await page.waitForText("Not possible");
    await page.retype("Systolic", "240");
    await page.waitForText("Very unusual: outside");
    await journey.screen("vitals-warning");
  });
  await step("the warning must be confirmed before saving", async () => {
    const fields = { Diastolic: "95", Pulse: "112", Temperature: "38,6", Respiration: "22", "SpO₂": "93" };
    for (const [label, value] of Object.entries(fields)) await page.type(label, value);
    await page.waitForText("NEWS2 not complete");
    await page.press("Save");
    await page.waitForText("Measure again, then confirm the unusual values or correct them.");
  });
  await step("NEWS2 is shown when complete", async () => {
    await (await page.field("Consciousness")).sendKeys("Alert");
    await (await page.field("Air or oxygen")).sendKeys("Air");
    await page.waitForText("NEWS2 ");
    await until("the score", 10_000, async () => /NEWS2 \d+ · /.test(await page.text()));
    const { ok } = await app.invoke("check_vitals", { request: vitals(patient) });
    // RCP 2017: respiration 22 → 2, SpO₂ 93 → 2, systolic 240 → 3, pulse 112 → 2, alert → 0, 38.6 °C → 1.
    assert.deepEqual([ok.news2, ok.news2Risk], [10, "high"]);
    await page.waitForText("NEWS2 10 · high");
    await page.press("I measured again", { part: true });
    await journey.screen("vitals-confirmed");
  });
  await step("the vitals are saved and not sent yet", async () => {
    await page.press("Save");
    await page.waitForText("Vitals saved on this workstation");
    await page.waitForText("waiting to send");
    await page.press("Vitals");
    await page.press("Tables");
    await page.waitForText("Not sent yet");
    await journey.screen("vitals-saved");
  });
  await step("a note is saved as a draft while it is written", async () => {
    await page.press("Write a note");
    await page.type("Note", NOTE);
    await page.waitForText("Draft saved");
    // The draft is saved several times during typing.
    await until("the whole note to be saved", 10_000, async () => {
      const { ok } = await app.invoke("drafts");
      return ok?.some((draft) => draft.kind === "note" && draft.content.includes(NOTE));
    });
    await journey.screen("note-draft");
  });
  await step("the note is signed", async () => {
    await page.pressKeys(Key.CONTROL, Key.ENTER);
    await page.waitForText("Note signed and saved on this workstation");
    await page.press("Notes and documents");
    await page.waitForText(NOTE);
    await page.waitForText("Not sent yet");
    assert.deepEqual((await app.invoke("drafts")).ok, []);
    await journey.screen("note-signed");
  });
  await step("the sync page lists what is waiting to be sent", async () => {
    await page.press("Sync");
    await page.waitForText("Not on the server yet");
    await page.waitForText("Waiting to send");
    await until("the sync status to say offline", 20_000, async () => (await page.text()).includes("Offline"));
    await journey.screen("sync-offline");
  });

  await step("the server is back and its first answer is lost", async () => {
    await clinic.start();
    before = new Set((await onServer(`Observation?patient=${patient}&_count=200`)).map((o) => o.id));
    await clinic.injectFault({ kind: "lost_answer", method: "POST" });
  });
  await step("everything is sent", async () => {
    await page.sendAll();
    await page.waitForText("Everything is on the server.");
    await journey.screen("sync-done");
  });
  let pressure;
  await step("vitals and note are on the server, once", async () => {
    const observations = (await onServer(`Observation?patient=${patient}&_count=200`)).filter((o) => !before.has(o.id));
    const kinds = observations.map((o) => o.code.coding.map((c) => c.code).find((c) => LOINC[c])).filter(Boolean);
    assert.deepEqual(kinds.toSorted(), Object.keys(LOINC).toSorted(), "each vital sign once");
    pressure = observations.find((o) => o.code.coding.some((c) => c.code === "85354-9"));
    const notes = (await onServer(`DocumentReference?patient=${patient}&_count=50`)).filter((note) =>
      note.content.some((c) => Buffer.from(c.attachment.data ?? "", "base64").toString() === NOTE),
    );
    assert.equal(notes.length, 1, "the note once");
    assert.equal(notes[0].docStatus, "final");
  });
  await step("the chart no longer shows them as not sent", async () => {
    // Another patient of the clinic has the same name.
    await page.openChart("kowalska 2002-01-07", "CH-002208");
    await page.press("Notes and documents");
    await page.waitForText(NOTE);
    await page.waitForTextGone("Not sent yet");
  });

  await step("the server changes the blood pressure while the nurse, offline, marks it as entered in error", async () => {
    const changed = structuredClone(pressure);
    changed.component.find((c) => c.code.coding.some((k) => k.code === "8480-6")).valueQuantity.value = 201;
    const headers = { "if-match": `W/"${pressure.meta.versionId}"` };
    const put = await clinic.fhirRequest(token, "PUT", `Observation/${pressure.id}`, { body: changed, headers });
    assert.equal(put.status, 200, put.text);
    await clinic.stop();
    await page.press("Vitals");
    await page.press("Tables");
    await until("the pressure's row", 10_000, () =>
      app.driver.executeScript(
        "const b = [...document.querySelectorAll('button')].find((b) => /^Actions: .*240/.test(b.getAttribute('aria-label') ?? '')); b?.click(); return b !== undefined",
      ),
    );
    await until("the row's menu", 10_000, () =>
      app.driver.executeScript(
        "const item = [...document.querySelectorAll('[role=menuitem]')].find((item) => /^Mark as entered in error/.test(item.textContent)); item?.click(); return item !== undefined",
      ),
    );
    await page.type("Why is it wrong?", "Cuff too small");
    await journey.screen("mark-as-error");
    await page.press("Mark as entered in error");
    await page.waitForTextGone("Why is it wrong?");
    assert.ok((await app.invoke("sync_chip")).ok.pending > 0);
  });
  await step("the conflict is found and shown, with both versions", async () => {
    await clinic.start();
    await until("the conflict", 60_000, async () => {
      const { ok } = await app.invoke("sync_chip");
      if (ok.conflicts === 0 && ok.state !== "running") await app.invoke("sync_now");
      return ok.conflicts === 1;
    });
    await page.press("Sync");
    await page.waitForText("Needs a decision");
    await journey.screen("sync-conflict");
    await page.press("Decide", { part: true });
    await page.waitForText("was changed here and on the server");
    await page.waitForText("201");
    await page.waitForText("240");
    await journey.screen("conflict");
  });
  await step("the decision reaches the server, and the history keeps both versions", async () => {
    for (const group of await app.driver.executeScript("return [...document.querySelectorAll('[role=radiogroup]')]"))
      await app.driver.executeScript("arguments[0].querySelector('input').closest('label').click()", group);
    await page.press("Save these choices");
    await until("the decision to be sent", 60_000, async () => {
      const { ok } = await app.invoke("sync_chip");
      if (ok.state !== "running" && ok.pending > 0) await app.invoke("sync_now");
      return ok.conflicts === 0 && ok.pending === 0 && ok.state === "idle";
    });
    const now = await clinic.fhirRequest(token, "GET", `Observation/${pressure.id}`);
    assert.equal(now.body.status, "entered-in-error");
    const history = await clinic.fhirRequest(token, "GET", `Observation/${pressure.id}/_history`);
    assert.equal(history.body.entry.length, 3, "created, changed on the server, marked as entered in error here");
  });
  await step("no violation of the content security policy", () => journey.noViolations());
  await step("the audit log verifies", async () => {
    await page.lock();
    await journey.workstation.screenshot(path.join(journey.out, "visit-screen.png"));
    await app.close();
    await clinic.verifyAuditLog();
  });
}

/** The request that the page would send for the values in the form. */
function vitals(patient) {
  const typed = { systolic: "240", diastolic: "95", pulse: "112", temperature: "38.6", respiration: "22", spo2: "93" };
  const rest = { weight: "", height: "", oxygen: false, scale2: false, consciousness: "alert", confirmed: false };
  return { patient, taken: null, ...typed, ...rest, draft: null };
}

/** The LOINC codes of the measured values (FHIR R4 vital signs profiles; 67775-7 is the level of responsiveness). */
const LOINC = { "85354-9": "pressure", "8867-4": "pulse", "8310-5": "temperature", "9279-1": "respiration", "59408-5": "SpO2" };

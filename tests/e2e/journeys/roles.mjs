// What each role sees in the same clinic, and what Rust refuses it when it bypasses the interface.
import assert from "node:assert/strict";
import { Clinic } from "../clinic.mjs";
import { PageDriver } from "../page-driver.mjs";
import { until } from "../processes.mjs";

export default async function roles(journey) {
  const step = journey.step.bind(journey);
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  await step("a nurse, a clerk, the privacy officer and IT are enrolled", () =>
    clinic.enrol("amara", "leila", "ingrid", "samuel"),
  );
  await step("the nurse downloads the records and grants the others their keys", async () => {
    await clinic.runAs("amara", "sync");
    await clinic.runAs("amara", "grant");
  });
  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const page = new PageDriver(app);
  const call = async (name, request) => app.invoke(name, request === undefined ? {} : { request });
  let patient = "";

  await step("the clerk's home is the list of today's appointments", async () => {
    await page.waitForText("Room 3 workstation");
    await journey.screen("lock");
    await page.unlock(clinic, "leila");
    await page.waitForText("Today");
    await page.waitForSync();
    await journey.screen("clerk-home");
  });
  await step("the clerk finds a patient and sees no clinical tab", async () => {
    await page.openChart("gonz", "María Fernanda");
    const tabs = await page.tabs();
    const clinical = ["Timeline", "Notes and documents", "Results", "Vitals", "Medicines", "Problems", "Allergies", "Immunisations"];
    clinical.push("Visits", "Reports", "Orders", "Procedures", "Care plans", "Devices", "Family history", "Other records");
    assert.deepEqual(tabs.filter((tab) => clinical.includes(tab)), []);
    const shown = await page.text();
    for (const word of ["penicillin", "hypertension", "amlodipine"]) assert.ok(!shown.toLowerCase().includes(word), word);
    assert.ok(!(await page.canPress("Record vitals")) && !(await page.canPress("Write a note")));
    await journey.screen("clerk-chart");
  });
  await step("clinical commands from the clerk's session are refused", async () => {
    patient = (await call("search_patients", { query: "gonz", offset: 0, limit: 1 })).ok.rows[0].patient;
    const vitals = { patient, taken: null, systolic: "120", diastolic: "80", pulse: "", temperature: "", respiration: "" };
    Object.assign(vitals, { spo2: "", weight: "", height: "", oxygen: false, scale2: false, consciousness: null });
    const tried = {
      chart_results: { patient, offset: 0, limit: 10 },
      chart_notes: { patient, offset: 0, limit: 10 },
      save_vitals: { ...vitals, confirmed: true, draft: null },
      sign_note: { patient, kind: "progress", text: "not from the interface", draft: null },
      audit_events: { offset: 0, limit: 10, class: null, openAlerts: false },
      sign_off_alerts: { sequences: [], explanation: "incident" },
      unmask: { sequence: 1, reason: "not from the interface" },
    };
    for (const [name, request] of Object.entries(tried)) {
      const { ok, failed } = await call(name, request);
      assert.equal(ok, undefined, `${name} answered`);
      assert.equal(failed.code, "refused", `${name}: ${JSON.stringify(failed)}`);
    }
    // The clerk's keys open no segment that holds an observation, so there is nothing to mark.
    const marked = await call("mark_entered_in_error", { reference: "Observation/any", patient, reason: "not from the interface" });
    assert.equal(marked.failed?.code, "not_available");
    const device = await call("device");
    assert.equal(device.failed?.code, "refused", "device");
    const chart = (await call("open_chart", { patient })).ok;
    assert.equal(chart.allergies.state, "unavailable");
    for (const part of ["problems", "medicines", "vitals", "results", "immunisations"]) assert.deepEqual(chart[part], [], part);
    assert.equal(chart.lastNote, null);
  });

  await step("the privacy officer sees who did what, and no patient", async () => {
    await page.lock();
    await page.unlock(clinic, "ingrid");
    await page.waitForText("Access review");
    await page.waitForText("Chart viewed");
    const shown = await page.text();
    assert.ok(!shown.includes("GONZÁLEZ") && !shown.includes("María"), "patients are masked");
    assert.ok(shown.includes("Leila Patel"), "people of the clinic are named");
    await journey.screen("privacy-audit");
    assert.equal((await call("open_chart", { patient })).failed?.code, "refused");
  });
  await step("the clerk's refused commands are in the audit table", async () => {
    await page.choose("Show", "Not allowed for the role");
    await page.waitForText("Not allowed for the role");
    const { ok } = await call("audit_events", { offset: 0, limit: 100, class: "refused", openAlerts: false });
    assert.ok(ok.rows.filter((row) => row.actor === "Leila Patel").length >= 7, JSON.stringify(ok.rows.length));
    await journey.screen("privacy-refused");
  });
  await step("a second start is refused, and the event is recorded here", async () => {
    const refused = await journey.workstation.run(journey.binary, ["--profile", app.profile]).catch((error) => error);
    assert.equal(refused.code, 6);
    const rows = async () => (await call("audit_events", { offset: 0, limit: 10, class: "second_instance", openAlerts: false })).ok.rows;
    await until("the event of the second start", 10_000, async () => (await rows()).length > 0);
    assert.equal((await rows())[0].actor, null);
    await page.choose("Show", "Second start refused");
    await page.waitForText("Profile already in use");
  });
  await step("a patient's name is shown only for a reason", async () => {
    await page.choose("Show", "Chart viewed");
    await page.press("Show the patient in the event", { part: true });
    await page.waitForText("Why do you need to know?");
    await journey.screen("privacy-unmask");
    await page.type("Why do you need to know?", "A complaint of the patient");
    await app.driver.executeScript("document.querySelector('[role=dialog] button[type=submit]').click()");
    await page.waitForText("GONZÁLEZ");
  });

  await step("IT sees the workstation and no patient", async () => {
    await page.lock();
    await page.unlock(clinic, "samuel");
    await page.waitForText("This workstation");
    await page.waitForText("Databases");
    await journey.screen("it-device");
    assert.equal((await call("search_patients", { query: "gonz", offset: 0, limit: 1 })).failed?.code, "refused");
    assert.equal((await call("open_chart", { patient })).failed?.code, "refused");
    assert.equal((await call("audit_events", { offset: 0, limit: 1, class: null, openAlerts: false })).failed?.code, "refused");
  });
  await step("no violation of the content security policy", () => journey.noViolations());
}

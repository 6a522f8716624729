// What each role sees of the same clinic, and what it is refused even when it asks past the interface.
import assert from "node:assert/strict";
import { Clinic } from "../clinic.mjs";
import { Hands } from "../hands.mjs";
import { until } from "../processes.mjs";

export default async function roles(journey) {
  const step = journey.step.bind(journey);
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  await step("a nurse, a clerk, the privacy officer and IT are enrolled", () =>
    clinic.enrol("amara", "leila", "ingrid", "samuel"),
  );
  await step("the nurse's sync brings the records and gives the others their keys", async () => {
    await clinic.as("amara", "sync");
    await clinic.as("amara", "grant");
  });
  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const hands = new Hands(app);
  const ask = async (name, request) => app.invoke(name, request === undefined ? {} : { request });
  let patient = "";

  await step("the clerk's home is the day's list", async () => {
    await hands.see("Room 3 workstation");
    await journey.screen("lock");
    await hands.unlock(clinic, "leila");
    await hands.see("Today");
    await hands.synced();
    await journey.screen("clerk-home");
  });
  await step("the clerk finds a patient and sees no clinical tab", async () => {
    await hands.openChart("gonz", "María Fernanda");
    const tabs = await app.driver.executeScript("return [...document.querySelectorAll('[role=tab]')].map((t) => t.textContent)");
    const clinical = ["Timeline", "Notes", "Results", "Vitals", "Medicines", "Problems", "Allergies", "Immunisations"];
    assert.deepEqual(tabs.filter((tab) => clinical.includes(tab)), []);
    const shown = await hands.read();
    for (const word of ["penicillin", "hypertension", "amlodipine"]) assert.ok(!shown.toLowerCase().includes(word), word);
    assert.ok(!(await hands.offers("Record vitals")) && !(await hands.offers("Write a note")));
    await journey.screen("clerk-chart");
  });
  await step("clinical commands from the clerk's console are refused", async () => {
    patient = (await ask("search_patients", { query: "gonz", offset: 0, limit: 1 })).ok.rows[0].patient;
    const vitals = { patient, taken: "", systolic: "120", diastolic: "80", pulse: "", temperature: "", respiration: "" };
    Object.assign(vitals, { spo2: "", weight: "", height: "", oxygen: false, scale2: false, consciousness: "" });
    const tried = {
      chart_results: { patient, offset: 0, limit: 10 },
      chart_notes: { patient, offset: 0, limit: 10 },
      save_vitals: { ...vitals, confirmed: true, draft: null },
      sign_note: { patient, kind: "progress", text: "from the console", draft: null },
      audit_events: { offset: 0, limit: 10, class: "" },
      sign_off_alerts: { sequences: [], explanation: "incident" },
      unmask: { sequence: 1, reason: "from the console" },
    };
    for (const [name, request] of Object.entries(tried)) {
      const { ok, failed } = await ask(name, request);
      assert.equal(ok, undefined, `${name} answered`);
      assert.equal(failed.code, "refused", `${name}: ${JSON.stringify(failed)}`);
    }
    // The clerk's keys open no segment that holds an observation, so there is nothing to strike.
    const strike = await ask("strike", { reference: "Observation/any", patient, reason: "from the console" });
    assert.equal(strike.failed?.code, "not_available");
    const device = await ask("device");
    assert.equal(device.failed?.code, "refused", "device");
    const chart = (await ask("open_chart", { patient })).ok;
    assert.equal(chart.allergies.state, "unavailable");
    for (const kept of ["problems", "medicines", "vitals", "results", "immunisations"]) assert.deepEqual(chart[kept], [], kept);
    assert.equal(chart.lastNote, null);
  });

  await step("the privacy officer sees who did what, and no patient", async () => {
    await hands.lock();
    await hands.unlock(clinic, "ingrid");
    await hands.see("Access review");
    await hands.see("Chart viewed");
    const shown = await hands.read();
    assert.ok(!shown.includes("GONZÁLEZ") && !shown.includes("María"), "patients are masked");
    assert.ok(shown.includes("Leila Patel"), "people of the clinic are named");
    await journey.screen("privacy-audit");
    assert.equal((await ask("open_chart", { patient })).failed?.code, "refused");
  });
  await step("the clerk's refused commands are in the audit table", async () => {
    await choose(app, await hands.field("Show"), "Not allowed for the role");
    await hands.see("Not allowed for the role");
    const { ok } = await ask("audit_events", { offset: 0, limit: 100, class: "refused" });
    assert.ok(ok.rows.filter((row) => row.actor === "Leila Patel").length >= 7, JSON.stringify(ok.rows.length));
    await journey.screen("privacy-refused");
  });
  await step("a second start is refused, and is an event here", async () => {
    const refused = await journey.desk.run(journey.binary, ["--profile", app.profile]).catch((error) => error);
    assert.equal(refused.code, 6);
    const rows = async () => (await ask("audit_events", { offset: 0, limit: 10, class: "second_instance" })).ok.rows;
    await until("the event of the second start", 10_000, async () => (await rows()).length > 0);
    assert.equal((await rows())[0].actor, "device");
    await choose(app, await hands.field("Show"), "Second start refused");
    await hands.see("Profile already in use");
  });
  await step("a patient is named only for a reason", async () => {
    await choose(app, await hands.field("Show"), "Chart viewed");
    await hands.press("Show the patient in the event", { part: true });
    await hands.see("Why do you need to know?");
    await journey.screen("privacy-unmask");
    await hands.type("Why do you need to know?", "A complaint of the patient");
    await app.driver.executeScript("document.querySelector('[role=dialog] button[type=submit]').click()");
    await hands.see("GONZÁLEZ");
  });

  await step("IT sees the workstation and no patient", async () => {
    await hands.lock();
    await hands.unlock(clinic, "samuel");
    await hands.see("This workstation");
    await hands.see("Databases");
    await journey.screen("it-device");
    assert.equal((await ask("search_patients", { query: "gonz", offset: 0, limit: 1 })).failed?.code, "refused");
    assert.equal((await ask("open_chart", { patient })).failed?.code, "refused");
    assert.equal((await ask("audit_events", { offset: 0, limit: 1, class: "" })).failed?.code, "refused");
  });
  await step("no violation of the content security policy", () => journey.noViolations());
}

/** Chooses by its words, as the list's own type-ahead would; the driver's keys do not reach a list that closed again. */
function choose(app, select, words) {
  return app.driver.executeScript(
    `const [select, words] = arguments;
     const option = [...select.options].find((o) => o.textContent === words);
     Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(select, option.value);
     select.dispatchEvent(new Event("change", { bubbles: true }));`,
    select,
    words,
  );
}

// A nurse reads a chart: every tab, the states of allergies, the time of the last download.
import assert from "node:assert/strict";
import { Clinic } from "../clinic.mjs";
import { PageDriver } from "../page-driver.mjs";

const TABS = ["Summary", "Timeline", "Notes and documents", "Results", "Vitals", "Medicines", "Problems", "Allergies", "Immunisations"];
TABS.push("Visits", "Reports", "Orders", "Procedures", "Care plans", "Devices", "Family history", "Other records");

export default async function read(journey) {
  const step = journey.step.bind(journey);
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  await step("a nurse is enrolled", () => clinic.enrol("amara"));
  await step("another system writes an allergy that cannot be read", async () => {
    const token = await clinic.token("jonas");
    const found = await clinic.fhirRequest(token, "GET", "Patient?name=kowalska&_count=50");
    const zofia = found.body.entry.map((e) => e.resource).find((p) => JSON.stringify(p.identifier).includes("002208"));
    const id = "unreadable-allergy";
    const body = { resourceType: "AllergyIntolerance", id, patient: { reference: `Patient/${zofia.id}` }, code: 5 };
    const created = await clinic.fhirRequest(token, "PUT", `AllergyIntolerance/${id}`, { body });
    assert.equal(created.status, 201, created.text);
  });
  await step("the nurse's first sync", async () => {
    const answer = await clinic.runAs("amara", "sync");
    assert.ok(answer.pulled > 300 && answer.conflicts === 0 && answer.failed === 0, JSON.stringify(answer));
  });
  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const page = new PageDriver(app);
  const call = async (name, request) => (await app.invoke(name, { request })).ok;

  await step("the nurse unlocks", async () => {
    await page.unlock(clinic, "amara");
    await page.waitForSync();
    await page.waitForText("Waiting now");
    await journey.screen("home");
  });
  await step("a chart opens from the search", async () => {
    await page.openChart("gonzalez", "María Fernanda");
    assert.deepEqual((await page.tabs()).toSorted(), TABS.toSorted());
    for (const text of ["GONZÁLEZ", "03-Feb-1961", "CH-004471", "Downloaded"]) await page.waitForText(text);
  });
  const contents = {
    Summary: ["Essential hypertension", "enicillin", "Last note", "enalapril"],
    Timeline: ["Visit", "Result"],
    "Notes and documents": ["Pressure above target"],
    Results: ["HbA1c", "Creatinine"],
    Vitals: ["Blood pressure", "Charts", "Tables"],
    Medicines: ["metFORMIN", "amLODIPine", "enalapril"],
    Problems: ["Type 2 diabetes", "kidney disease"],
    Allergies: ["Known allergies", "atex"],
    Immunisations: ["Immunisations"],
    Visits: ["Visit"],
    Reports: ["When"],
    Orders: ["When"],
    Procedures: ["When"],
    "Care plans": ["When"],
    Devices: ["When"],
    "Family history": ["No family history is recorded."],
    "Other records": ["When"],
  };
  for (const [tab, texts] of Object.entries(contents)) {
    await step(`the tab ${tab}`, async () => {
      await page.press(tab);
      for (const text of texts) await page.waitForText(text);
      await journey.screen(`chart-${tab.toLowerCase().replaceAll(" ", "-")}`);
    });
  }
  await step("vital signs as tables", async () => {
    await page.press("Vitals");
    await page.press("Tables");
    await page.find("table");
    await page.waitForText("158");
    await journey.screen("chart-vitals-tables");
  });

  const found = {};
  await step("the clinic's patients have allergies known, none known and not recorded", async () => {
    const { rows } = await call("search_patients", { query: "", offset: 0, limit: 100 });
    for (const row of rows) {
      const { allergies } = await call("open_chart", { patient: row.patient });
      found[allergies.state] ??= row;
      await app.invoke("close_chart", { request: { patient: row.patient } });
      if (found.known && found.none_known && found.not_recorded) break;
    }
    assert.deepEqual(Object.keys(found).toSorted(), ["known", "none_known", "not_recorded"]);
  });
  const headings = { known: "Known allergies", none_known: "No known allergies", not_recorded: "Allergies not recorded" };
  for (const [state, heading] of Object.entries(headings)) {
    await step(`allergies ${state.replace("_", " ")} have their own heading`, async () => {
      await page.openChart(found[state].number, found[state].number);
      await page.press("Allergies");
      await page.waitForText(heading);
      await journey.screen(`allergies-${state.replace("_", "-")}`);
    });
  }
  await step("an allergy that cannot be read is shown as unreadable, never as none known", async () => {
    await page.openChart("kowalska", "CH-002208");
    await page.waitForText("Known allergies");
    await page.waitForText("could not be read");
    await page.waitForText("Some records could not be read");
    await journey.screen("allergies-unreadable");
  });
  await step("no violation of the content security policy", () => journey.noViolations());
}

// A nurse reads a chart: every tab, the states of allergies, what is complete as of when.
import assert from "node:assert/strict";
import { Clinic } from "../clinic.mjs";
import { Hands } from "../hands.mjs";

const TABS = ["Summary", "Timeline", "Notes", "Results", "Vitals", "Medicines", "Problems", "Allergies", "Immunisations"];

export default async function read(journey) {
  const step = journey.step.bind(journey);
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  await step("a nurse is enrolled", () => clinic.enrol("amara"));
  await step("another system writes an allergy that nobody can read", async () => {
    const token = await clinic.token("jonas");
    const found = await clinic.asServer(token, "GET", "Patient?name=kowalska&_count=50");
    const zofia = found.body.entry.map((e) => e.resource).find((p) => JSON.stringify(p.identifier).includes("002208"));
    const id = "unreadable-allergy";
    const body = { resourceType: "AllergyIntolerance", id, patient: { reference: `Patient/${zofia.id}` }, code: 5 };
    const kept = await clinic.asServer(token, "PUT", `AllergyIntolerance/${id}`, { body });
    assert.equal(kept.status, 201, kept.text);
  });
  await step("the nurse's first sync", async () => {
    const answer = await clinic.as("amara", "sync");
    assert.ok(answer.pulled > 300 && answer.conflicts === 0 && answer.failed === 0, JSON.stringify(answer));
  });
  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const hands = new Hands(app);
  const ask = async (name, request) => (await app.invoke(name, { request })).ok;

  await step("the nurse unlocks", async () => {
    await hands.unlock(clinic, "amara");
    await hands.synced();
    await hands.see("Waiting now");
    await journey.screen("home");
  });
  await step("a chart opens from the search", async () => {
    await hands.openChart("gonzalez", "María Fernanda");
    const tabs = await app.driver.executeScript("return [...document.querySelectorAll('[role=tab]')].map((t) => t.textContent)");
    assert.deepEqual(tabs.toSorted(), TABS.toSorted());
    for (const words of ["GONZÁLEZ", "03-Feb-1961", "CH-004471", "Downloaded"]) await hands.see(words);
  });
  const said = {
    Summary: ["Essential hypertension", "enicillin", "Last note", "enalapril"],
    Timeline: ["Visit", "Result"],
    Notes: ["Pressure above target"],
    Results: ["HbA1c", "Creatinine"],
    Vitals: ["Systolic blood pressure", "Charts", "Tables"],
    Medicines: ["metFORMIN", "amLODIPine", "enalapril"],
    Problems: ["Type 2 diabetes", "kidney disease"],
    Allergies: ["Known allergies", "atex"],
    Immunisations: ["Immunisations"],
  };
  for (const [tab, words] of Object.entries(said)) {
    await step(`the tab ${tab}`, async () => {
      await hands.press(tab);
      for (const word of words) await hands.see(word);
      await journey.screen(`chart-${tab.toLowerCase()}`);
    });
  }
  await step("vital signs as tables", async () => {
    await hands.press("Vitals");
    await hands.press("Tables");
    await app.find("table");
    await hands.see("158");
    await journey.screen("chart-vitals-tables");
  });

  const found = {};
  await step("the clinic's patients have allergies known, none known and not recorded", async () => {
    const { rows } = await ask("search_patients", { query: "", offset: 0, limit: 100 });
    for (const row of rows) {
      const { allergies } = await ask("open_chart", { patient: row.patient });
      found[allergies.state] ??= row;
      await app.invoke("close_chart", { request: { patient: row.patient } });
      if (found.known && found.none_known && found.not_recorded) break;
    }
    assert.deepEqual(Object.keys(found).toSorted(), ["known", "none_known", "not_recorded"]);
  });
  const words = { known: "Known allergies", none_known: "No known allergies", not_recorded: "Allergies not recorded" };
  for (const [state, heading] of Object.entries(words)) {
    await step(`allergies ${state.replace("_", " ")} are said in words`, async () => {
      await hands.openChart(found[state].number, found[state].number);
      await hands.press("Allergies");
      await hands.see(heading);
      await journey.screen(`allergies-${state.replace("_", "-")}`);
    });
  }
  await step("an allergy that cannot be read is shown as such, never as none known", async () => {
    await hands.openChart("kowalska", "CH-002208");
    await hands.see("Known allergies");
    await hands.see("could not be read");
    await hands.see("Some records could not be read");
    await journey.screen("allergies-unreadable");
  });
  await step("no violation of the content security policy", () => journey.noViolations());
}

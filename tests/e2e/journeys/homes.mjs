// The roles without a journey of their own: their home, what they can open, and the screens that everyone has.
import assert from "node:assert/strict";
import { Key } from "selenium-webdriver";
import { Clinic } from "../clinic.mjs";
import { PageDriver } from "../page-driver.mjs";

/** People and the rail entry of their home. */
const HOMES = { wanjiru: "Dispensing", rafael: "Specimens", daniel: "Charges" };

export default async function homes(journey) {
  const step = journey.step.bind(journey);
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  await step("a physician, a pharmacist, a laboratory technician and a billing clerk are enrolled", () =>
    clinic.enrol("jonas", "wanjiru", "rafael", "daniel"),
  );
  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const page = new PageDriver(app);

  await step("the records cannot be opened before a colleague's unlock", async () => {
    await page.unlock(clinic, "wanjiru");
    await page.waitForText("Waiting for a colleague to unlock this workstation");
    await journey.screen("waiting-for-grant");
    await page.lock();
  });
  await step("the physician's home is the list of their patients", async () => {
    await page.unlock(clinic, "jonas");
    await page.waitForSync(90_000);
    await page.waitForText("My patients");
    await journey.screen("physician-notices");
    await page.dismissNotices();
    await journey.screen("physician");
  });
  await step("the palette finds patients and commands", async () => {
    await page.pressKeys(Key.CONTROL, "k");
    await page.type("Find a patient or a command", "gonz");
    await page.waitForText("María Fernanda");
    await journey.screen("palette");
    await page.dismissDialog();
  });
  await step("all shortcuts are listed in one dialog", async () => {
    await page.press("Help");
    await page.find("[role=dialog]");
    await journey.screen("shortcuts");
    await page.dismissDialog();
  });
  await step("a name that no patient has", async () => {
    await page.search("xylophone");
    await page.waitForText("No patients match.");
    await journey.screen("search-empty");
  });
  await step("unsigned drafts are listed", async () => {
    await page.openChart("gonz", "María Fernanda");
    await page.press("Write a note");
    await page.type("Note", "Seen with her daughter.");
    await page.waitForText("Draft saved");
    await journey.screen("physician-note");
    await page.press("Unsigned drafts", { part: true });
    await page.waitForText("María Fernanda");
    await journey.screen("drafts");
  });
  for (const [user, home] of Object.entries(HOMES)) {
    await step(`the home of the ${clinic.person(user).role} role is ${home.toLowerCase()}`, async () => {
      await page.lock();
      await page.unlock(clinic, user);
      await page.waitForSync(90_000);
      await page.waitForText(home);
      const waits = (await page.text()).includes("Waiting for a colleague to unlock this workstation");
      assert.ok(!waits, "the physician's unlock granted the keys");
      await page.dismissNotices();
      await journey.screen(clinic.person(user).role);
      await page.openChart("gonz", "María Fernanda");
      await journey.screen(`${clinic.person(user).role}-chart`);
    });
  }
  await step("no violation of the content security policy", () => journey.noViolations());
}

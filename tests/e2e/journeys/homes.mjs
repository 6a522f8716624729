// The roles that have no journey of their own: where each begins, what it opens, and the screens that everyone has.
import assert from "node:assert/strict";
import { Key } from "selenium-webdriver";
import { Clinic } from "../clinic.mjs";
import { Hands } from "../hands.mjs";

/** Who, and the rail entry that is home. */
const HOMES = { wanjiru: "Dispensing", rafael: "Specimens", daniel: "Charges" };

export default async function homes(journey) {
  const step = journey.step.bind(journey);
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  await step("a physician, a pharmacist, a laboratory and a billing person are enrolled", () =>
    clinic.enrol("jonas", "wanjiru", "rafael", "daniel"),
  );
  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const hands = new Hands(app);

  await step("before a colleague's unlock the records wait", async () => {
    await hands.unlock(clinic, "wanjiru");
    await hands.see("Waiting for a colleague to unlock this workstation");
    await journey.screen("waiting-for-grant");
    await hands.lock();
  });
  await step("the physician begins with the patients of the day", async () => {
    await hands.unlock(clinic, "jonas");
    await hands.synced(90_000);
    await hands.see("My patients");
    await journey.screen("physician-notices");
    await readNotices(hands);
    await journey.screen("physician");
  });
  await step("the palette finds patients and commands", async () => {
    await hands.keys(Key.CONTROL, "k");
    await hands.type("Find a patient or a command", "gonz");
    await hands.see("María Fernanda");
    await journey.screen("palette");
    await hands.dismiss();
  });
  await step("the shortcuts are on one sheet", async () => {
    await hands.press("Help");
    await app.find("[role=dialog]");
    await journey.screen("shortcuts");
    await hands.dismiss();
  });
  await step("a name that nobody has", async () => {
    await hands.search("xylophone");
    await hands.see("No patients match.");
    await journey.screen("search-nobody");
  });
  await step("unsigned drafts are listed", async () => {
    await hands.openChart("gonz", "María Fernanda");
    await hands.press("Write a note");
    await hands.type("Note", "Seen with her daughter.");
    await hands.see("Draft saved");
    await journey.screen("physician-note");
    await hands.press("Unsigned drafts", { part: true });
    await hands.see("María Fernanda");
    await journey.screen("drafts");
  });
  for (const [user, home] of Object.entries(HOMES)) {
    await step(`${clinic.person(user).role} begins with ${home.toLowerCase()}`, async () => {
      await hands.lock();
      await hands.unlock(clinic, user);
      await hands.synced(90_000);
      await hands.see(home);
      assert.ok(!(await hands.read()).includes("Waiting for a colleague to unlock this workstation"), "the physician's unlock gave the keys");
      await readNotices(hands);
      await journey.screen(clinic.person(user).role);
      await hands.openChart("gonz", "María Fernanda");
      await journey.screen(`${clinic.person(user).role}-chart`);
    });
  }
  await step("no violation of the content security policy", () => journey.noViolations());
}

/** Puts away what stands above the page since the unlock. */
async function readNotices(hands) {
  while (await hands.offers("I have read this")) await hands.press("I have read this");
}

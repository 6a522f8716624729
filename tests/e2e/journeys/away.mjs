// No one pressed Lock: the workstation locks after inactivity and when the operating system locks or sleeps.
import assert from "node:assert/strict";
import { Clinic } from "../clinic.mjs";
import { PageDriver } from "../page-driver.mjs";
import { until } from "../processes.mjs";

/** The shortest time that policy allows, with an early warning so that the warning can be seen. */
const POLICY = { lock_minutes: 1, lock_warning_seconds: 50 };
const NOTE = "Called away in the middle of";
const MANAGER = "org.freedesktop.login1.Manager";
const SESSION = "org.freedesktop.login1.Session";

export default async function away(journey) {
  const step = journey.step.bind(journey);
  const { workstation } = journey;
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  await step("five people are enrolled and the records are downloaded", async () => {
    clinic.prepareWorkstation({ policy: POLICY });
    await clinic.enrol("amara", "grace", "leila", "ingrid", "samuel");
    await clinic.runAs("amara", "sync");
  });
  await step("the operating system's session service starts", () => workstation.startLogind());
  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const page = new PageDriver(app);
  const tile = async (user) => {
    const { ok } = await app.invoke("lock_screen");
    return ok.users.find((one) => one.name === clinic.person(user).name);
  };
  const delays = async () => {
    const inhibitors = await workstation.logind("", `${MANAGER}.ListInhibitors`);
    return inhibitors.split("'Chartkeep'").length - 1;
  };
  /** Waits for a lock that the user did not ask for, and checks the locked window. */
  const lockedBy = async (user, act, limit) => {
    await app.reattach(act, limit);
    assert.ok(app.commandLine().includes("--locked"), app.commandLine().join(" "));
    assert.equal((await app.invoke("session")).failed?.code, "locked");
    await page.waitForText(clinic.person(user).name);
  };

  await step("sleep is delayed until locking has finished", () =>
    until("the delay", 10_000, async () => (await delays()) === 1),
  );
  await step("the operating system's lock locks, and asks for the code again", async () => {
    await page.unlock(clinic, "grace");
    await lockedBy("grace", () => workstation.logind("session", `${SESSION}.Lock`));
    assert.equal((await tile("grace")).resume, false);
  });
  await step("sleep locks, and lets the machine sleep", async () => {
    await page.unlock(clinic, "leila");
    const signal = ["org.freedesktop.DBus.Mock.EmitSignal", MANAGER, "PrepareForSleep", "b"];
    const sleep = (starts) => workstation.logind("", ...signal, `[<${starts}>]`);
    await lockedBy("leila", () => sleep(true));
    assert.equal((await tile("leila")).resume, false);
    // The next process image takes its own delay; the one that kept the machine awake is gone.
    await until("one delay", 10_000, async () => (await delays()) === 1);
    await sleep(true);
    await until("no delay while no session is open", 10_000, async () => (await delays()) === 0);
    await sleep(false);
    await until("a delay again after waking up", 10_000, async () => (await delays()) === 1);
  });
  await step("switching to another user's session locks", async () => {
    await page.unlock(clinic, "ingrid");
    const setActive = (active) =>
      workstation.logind("session", "org.freedesktop.DBus.Mock.UpdateProperties", SESSION, `{'Active': <${active}>}`);
    await lockedBy("ingrid", () => setActive(false));
    assert.equal((await tile("ingrid")).resume, false);
    await setActive(true);
  });
  await step("an unlock that is running when the operating system locks is cancelled", async () => {
    const person = clinic.person("samuel");
    await page.press(person.name, { part: true });
    await page.type("Workstation password", person.workstationPassword);
    await page.type("Workstation code", await clinic.nextCode(person.workstationOtpauth));
    await lockedBy("samuel", async () => {
      await page.press("Unlock");
      await until("the unlock to run", 10_000, async () => (await page.canPress("Unlocking")) || page.canPress("Lock"));
      await workstation.logind("session", `${SESSION}.Lock`);
    });
    assert.equal((await tile("samuel")).resume, false);
  });

  await step("Amara is writing a note", async () => {
    await page.unlock(clinic, "amara");
    await page.openChart("gonz", "María Fernanda");
    await page.press("Write a note");
    await page.type("Note", NOTE);
    await page.waitForText("Draft saved");
  });
  await step("after inactivity she is warned", async () => {
    await page.waitForText("Locking in", 30_000);
    await page.waitForText("Press any key or move the mouse to keep it unlocked.");
    await journey.screen("warning");
  });
  await step("moving the mouse outside the window withdraws the warning", async () => {
    for (const at of ["3", "9"]) await workstation.run("xdotool", ["mousemove", at, at]);
    await page.waitForTextGone("Locking in");
    assert.ok((await app.invoke("session")).ok);
  });
  await step("after a minute of inactivity it locks, and the draft is saved", async () => {
    await page.waitForText("Locking in", 30_000);
    await lockedBy("amara", async () => {}, 75_000);
    const shown = await page.text();
    assert.ok(!shown.includes(NOTE) && !shown.includes("GONZÁLEZ"));
    assert.equal((await tile("amara")).resume, true);
  });
  await step("her password alone restores chart, draft and caret", async () => {
    await page.unlock(clinic, "amara", { full: false });
    await page.waitForText("GONZÁLEZ");
    const area = await page.field("Note");
    assert.equal(await area.getAttribute("value"), NOTE);
    assert.equal(await app.driver.executeScript("return document.activeElement.selectionStart"), NOTE.length);
  });
  await step("no violation of the content security policy", () => journey.noViolations());
  await step("the audit log verifies", async () => {
    await page.lock();
    await app.close();
    await clinic.verifyAuditLog();
  });
}

// Nobody pressed Lock: the workstation locks itself when it is left alone, and when the operating system says so.
import assert from "node:assert/strict";
import { Clinic } from "../clinic.mjs";
import { Hands } from "../hands.mjs";
import { until } from "../processes.mjs";

/** The shortest that policy can say, warned of early so that the warning can be looked at. */
const POLICY = { lock_minutes: 1, lock_warning_seconds: 50 };
const NOTE = "Called away in the middle of";
const MANAGER = "org.freedesktop.login1.Manager";
const SESSION = "org.freedesktop.login1.Session";

export default async function away(journey) {
  const step = journey.step.bind(journey);
  const { desk } = journey;
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  await step("five people are enrolled and the records are here", async () => {
    clinic.prepareWorkstation({ policy: POLICY });
    await clinic.enrol("amara", "grace", "leila", "ingrid", "samuel");
    await clinic.as("amara", "sync");
  });
  await step("the operating system's session service starts", () => desk.startLogind());
  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const hands = new Hands(app);
  const tile = async (user) => {
    const { ok } = await app.invoke("lock_screen");
    return ok.users.find((one) => one.name === clinic.person(user).name);
  };
  const delays = () => desk.logind("", `${MANAGER}.ListInhibitors`).then((text) => text.split("'Chartkeep'").length - 1);
  /** Waits for a lock that nobody at this window asked for, and looks what it left. */
  const lockedBy = async (user, act, limit) => {
    await app.reattach(act, limit);
    assert.ok(app.image().includes("--locked"), app.image().join(" "));
    assert.equal((await app.invoke("session")).failed?.code, "locked");
    await hands.see(clinic.person(user).name);
  };

  await step("sleep is delayed until the lock has ended", () =>
    until("the delay", 10_000, async () => (await delays()) === 1),
  );
  await step("the operating system's lock locks, and asks for the code again", async () => {
    await hands.unlock(clinic, "grace");
    await lockedBy("grace", () => desk.logind("session", `${SESSION}.Lock`));
    assert.equal((await tile("grace")).resume, false);
  });
  await step("sleep locks, and lets the machine sleep", async () => {
    await hands.unlock(clinic, "leila");
    const sleep = (starts) => desk.logind("", "org.freedesktop.DBus.Mock.EmitSignal", MANAGER, "PrepareForSleep", "b", `[<${starts}>]`);
    await lockedBy("leila", () => sleep(true));
    assert.equal((await tile("leila")).resume, false);
    // The next image takes a delay of its own; the one that held the machine awake is gone.
    await until("one delay", 10_000, async () => (await delays()) === 1);
    await sleep(true);
    await until("no delay while nothing is open", 10_000, async () => (await delays()) === 0);
    await sleep(false);
    await until("a delay again after waking up", 10_000, async () => (await delays()) === 1);
  });
  await step("another person's session in front locks", async () => {
    await hands.unlock(clinic, "ingrid");
    const front = (active) =>
      desk.logind("session", "org.freedesktop.DBus.Mock.UpdateProperties", SESSION, `{'Active': <${active}>}`);
    await lockedBy("ingrid", () => front(false));
    assert.equal((await tile("ingrid")).resume, false);
    await front(true);
  });
  await step("an unlock that is running when the operating system locks does not win", async () => {
    const person = clinic.person("samuel");
    await hands.press(person.name, { part: true });
    await hands.type("Workstation password", person.workstationPassword);
    await hands.type("Workstation code", await clinic.code(person.workstationOtpauth));
    await lockedBy("samuel", async () => {
      await hands.press("Unlock");
      await until("the unlock to run", 10_000, async () => (await hands.offers("Unlocking")) || hands.offers("Lock"));
      await desk.logind("session", `${SESSION}.Lock`);
    });
    assert.equal((await tile("samuel")).resume, false);
  });

  await step("Amara is in the middle of a note", async () => {
    await hands.unlock(clinic, "amara");
    await hands.openChart("gonz", "María Fernanda");
    await hands.press("Write a note");
    await hands.type("Note", NOTE);
    await hands.see("Draft saved");
  });
  await step("left alone she is warned", async () => {
    await hands.see("Locking in", 30_000);
    await hands.see("Press any key or move the mouse to keep it unlocked.");
    await journey.screen("warning");
  });
  await step("a movement beside the window withdraws the warning", async () => {
    for (const at of ["3", "9"]) await desk.run("xdotool", ["mousemove", at, at]);
    await hands.lose("Locking in");
    assert.ok((await app.invoke("session")).ok);
  });
  await step("left alone for a minute it locks, with the draft kept", async () => {
    await hands.see("Locking in", 30_000);
    await lockedBy("amara", async () => {}, 75_000);
    const shown = await hands.read();
    assert.ok(!shown.includes(NOTE) && !shown.includes("GONZÁLEZ"));
    assert.equal((await tile("amara")).resume, true);
  });
  await step("her password alone brings chart, draft and caret back", async () => {
    await hands.unlock(clinic, "amara", { full: false });
    await hands.see("GONZÁLEZ");
    const area = await hands.field("Note");
    assert.equal(await area.getAttribute("value"), NOTE);
    assert.equal(await app.driver.executeScript("return document.activeElement.selectionStart"), NOTE.length);
  });
  await step("no violation of the content security policy", () => journey.noViolations());
  await step("the ledger verifies", async () => {
    await hands.lock();
    await app.close();
    const answer = await clinic.ask(["audit", "verify"]);
    assert.ok(answer.ok, JSON.stringify(answer));
  });
}

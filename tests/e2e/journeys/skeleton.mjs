// The first person of a new workstation: enrolment in the window, unlock, first sync, search, lock, unlock.
import assert from "node:assert/strict";
import { Clinic, WORKSTATION } from "../clinic.mjs";
import { Hands } from "../hands.mjs";

export default async function skeleton(journey) {
  const step = journey.step.bind(journey);
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  const amara = clinic.person("amara");
  // The demo's certificate authority is of its own making: IT tells the workstation to trust it.
  clinic.prepareWorkstation();
  const app = await step("the window opens on a workstation that IT has prepared", () =>
    journey.openApp({ profile: clinic.profile, env: clinic.browserOf("amara") }),
  );
  const hands = new Hands(app);

  await step("nobody is enrolled", async () => {
    await hands.see("No one is enrolled on this workstation yet.");
    await journey.screen("first-run");
  });
  await step("server and workstation are typed", async () => {
    await hands.press("Enrol this workstation");
    await hands.type("Server address", clinic.fhir);
    await hands.type("Workstation name", WORKSTATION);
    await journey.screen("enrol-begin");
  });
  await step("the browser signs in and the window goes on by itself", async () => {
    await clinic.nextStep(amara.otpauth);
    await hands.press("Sign in using the browser");
    await hands.see(`Welcome, ${amara.name}`, 30_000);
    await hands.see("Signed in as: Nurse");
  });
  await step("a password is chosen", async () => {
    await hands.type("Workstation password", "short");
    await hands.type("Repeat password", "short");
    await hands.press("Next");
    await hands.see("Enter at least 12 characters.");
    await hands.retype("Workstation password", amara.workstationPassword);
    await hands.retype("Repeat password", amara.workstationPassword);
    await hands.see("good", 5_000).catch(() => {});
    await journey.screen("enrol-password");
    await hands.press("Next");
    await hands.see("Add this workstation to your phone", 30_000);
  });
  await step("the phone is added by the key beside the picture", async () => {
    const key = await app.driver.executeScript(
      "return [...document.querySelectorAll('p')].find((p) => /^[A-Z2-7 ]{20,}$/.test(p.textContent))?.textContent ?? ''",
    );
    assert.match(key, /^[A-Z2-7 ]{20,}$/, "a key for typing");
    const secret = key.replaceAll(" ", "");
    amara.workstationOtpauth = `otpauth://totp/phone?secret=${secret}`;
    await journey.screen("enrol-code");
    await hands.type("Workstation code", await clinic.code(amara.workstationOtpauth));
    await hands.press("Check the code");
    await hands.see("You are enrolled", 30_000);
    await journey.screen("enrol-done");
    await hands.press("Go to the lock screen");
    await hands.see(amara.name);
    await journey.screen("lock");
  });

  await step("password and the next code unlock", () => hands.unlock(clinic, "amara"));
  await step("the first sync runs by itself", async () => {
    const chip = await hands.synced();
    assert.equal(chip.conflicts + chip.failed, 0);
    await hands.see("Synced ");
    await journey.screen("home");
  });
  const found = async () => {
    await hands.search("gonz");
    await hands.see("María Fernanda");
    assert.match(await hands.read(), /GONZÁLEZ, María Fernanda/);
  };
  await step("“gonz” finds María Fernanda GONZÁLEZ", async () => {
    await found();
    await journey.screen("search");
  });
  await step("Ctrl+L locks and replaces the process", async () => {
    const times = await hands.lock();
    assert.ok(app.image().includes("--locked"));
    assert.ok(times.gone < 2_000, `the old engine was gone after ${times.gone} ms`);
    await hands.see(amara.name);
    assert.doesNotMatch(await hands.read(), /GONZÁLEZ/);
    assert.equal((await app.invoke("search_patients", { request: { query: "gonz", offset: 0, limit: 10 } })).failed.code, "locked");
    await journey.screen("locked");
  });
  await step("the password alone resumes within the hour", () => hands.unlock(clinic, "amara", { full: false }));
  await step("the search works again", found);
  await step("no violation of the content security policy", () => journey.noViolations());

  await step("the window is closed and opened again", async () => {
    await app.close();
    const again = await journey.openApp({ profile: clinic.profile });
    hands.app = again;
  });
  await step("a new program asks for password and code", () => hands.unlock(clinic, "amara"));
  await step("the search works in the new program", found);
  await step("the ledger verifies", async () => {
    await hands.lock();
    await journey.noViolations();
    await journey.app.close();
    const answer = await clinic.ask(["audit", "verify"]);
    assert.ok(answer.ok, JSON.stringify(answer));
    assert.ok(answer.events > 5);
  });
}

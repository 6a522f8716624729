// The first person on a new workstation: enrolment in the window, unlock, first sync, search, lock, unlock.
import assert from "node:assert/strict";
import { Clinic, WORKSTATION_NAME } from "../clinic.mjs";
import { PageDriver } from "../page-driver.mjs";

export default async function skeleton(journey) {
  const step = journey.step.bind(journey);
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  const amara = clinic.person("amara");
  // The demo server has its own certificate authority: IT configures the workstation to trust it.
  clinic.prepareWorkstation();
  const app = await step("the window opens on a workstation that IT has prepared", () =>
    journey.openApp({ profile: clinic.profile, env: clinic.browserEnv("amara") }),
  );
  const page = new PageDriver(app);

  await step("no one is enrolled", async () => {
    await page.waitForText("No one is enrolled on this workstation yet.");
    await journey.screen("first-run");
  });
  await step("server and workstation are entered", async () => {
    await page.press("Enrol this workstation");
    await page.type("Server address", clinic.fhir);
    await page.type("Workstation name", WORKSTATION_NAME);
    await journey.screen("enrol-begin");
  });
  await step("the browser signs in and the window continues automatically", async () => {
    await clinic.waitForFreshCode(amara.otpauth);
    await page.press("Sign in using the browser");
    await page.waitForText(`Welcome, ${amara.name}`, 30_000);
    await page.waitForText("Signed in as: Nurse");
  });
  await step("a password is chosen", async () => {
    await page.type("Workstation password", "short");
    await page.type("Repeat password", "short");
    await page.press("Next");
    await page.waitForText("Enter at least 12 characters.");
    await page.retype("Workstation password", amara.workstationPassword);
    await page.retype("Repeat password", amara.workstationPassword);
    await page.waitForText("good", 5_000).catch(() => {});
    await journey.screen("enrol-password");
    await page.press("Next");
    await page.waitForText("Add this workstation to your phone", 30_000);
  });
  await step("the phone is added with the key next to the QR code", async () => {
    const key = await app.driver.executeScript(
      "return [...document.querySelectorAll('p')].find((p) => /^[A-Z2-7 ]{20,}$/.test(p.textContent))?.textContent ?? ''",
    );
    assert.match(key, /^[A-Z2-7 ]{20,}$/, "a key to enter by hand");
    const secret = key.replaceAll(" ", "");
    amara.workstationOtpauth = `otpauth://totp/phone?secret=${secret}`;
    await journey.screen("enrol-code");
    await page.type("Workstation code", await clinic.nextCode(amara.workstationOtpauth));
    await page.press("Check the code");
    await page.waitForText("You are enrolled", 30_000);
    await journey.screen("enrol-done");
    await page.press("Go to the lock screen");
    await page.waitForText(amara.name);
    await journey.screen("lock");
  });

  await step("password and the next code unlock", () => page.unlock(clinic, "amara"));
  await step("the first sync starts automatically", async () => {
    const chip = await page.waitForSync();
    assert.equal(chip.conflicts + chip.failed, 0);
    await page.waitForText("Synced ");
    await journey.screen("home");
  });
  const searchWorks = async () => {
    await page.search("gonz");
    await page.waitForText("María Fernanda");
    assert.match(await page.text(), /GONZÁLEZ, María Fernanda/);
  };
  await step("“gonz” finds María Fernanda GONZÁLEZ", async () => {
    await searchWorks();
    await journey.screen("search");
  });
  await step("Ctrl+L locks and replaces the process", async () => {
    const times = await page.lock();
    assert.ok(app.commandLine().includes("--locked"));
    assert.ok(times.gone < 2_000, `the old engine was gone after ${times.gone} ms`);
    await page.waitForText(amara.name);
    assert.doesNotMatch(await page.text(), /GONZÁLEZ/);
    assert.equal((await app.invoke("search_patients", { request: { query: "gonz", offset: 0, limit: 10 } })).failed.code, "locked");
    await journey.screen("locked");
  });
  await step("the password alone resumes within the hour", () => page.unlock(clinic, "amara", { full: false }));
  await step("the search works again", searchWorks);
  await step("no violation of the content security policy", () => journey.noViolations());

  await step("the window is closed and opened again", async () => {
    await app.close();
    page.app = await journey.openApp({ profile: clinic.profile });
  });
  await step("a new program asks for password and code", () => page.unlock(clinic, "amara"));
  await step("the search works in the new program", searchWorks);
  await step("the audit log verifies", async () => {
    await page.lock();
    await journey.noViolations();
    await journey.app.close();
    const report = await clinic.verifyAuditLog();
    assert.ok(report.events > 5);
  });
}

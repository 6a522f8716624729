// Releasing a held slot: the person signs in at the clinic again, and no one else can do it for them.
import assert from "node:assert/strict";
import { Clinic } from "../clinic.mjs";

export default async function again(journey) {
  const step = journey.step.bind(journey);
  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  clinic.prepareWorkstation({ policy: { throttle_hold: 3 } });
  await step("a nurse is enrolled and syncs", async () => {
    await clinic.enrol("amara");
    await clinic.runAs("amara", "sync");
  });
  await step("three wrong passwords hold her slot", async () => {
    for (let tries = 0; tries < 3; tries += 1) {
      assert.equal((await clinic.trySync("amara", { password: "not hers at all" })).code, "unlock_refused");
    }
    assert.equal((await clinic.trySync("amara", { held: true })).code, "slot_held");
  });
  await step("a colleague's sign-in does not release it", async () => {
    assert.equal((await clinic.trySync("amara", { held: true, signInAs: "jonas" })).code, "refused");
    assert.equal((await clinic.trySync("amara", { held: true })).code, "slot_held");
  });
  await step("her own sign-in releases it, and the sync runs with the new tokens", async () => {
    const answer = await clinic.trySync("amara", { signInAs: "amara" });
    assert.ok(answer.ok, JSON.stringify(answer));
  });
  await step("the next sync needs no sign-in", () => clinic.runAs("amara", "sync"));
  await step("the audit log verifies", () => clinic.verifyAuditLog());
}

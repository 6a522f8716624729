// The clinic that a workstation belongs to: its server, its people and the one-time codes of their phones.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import https from "node:https";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, until } from "./processes.mjs";

const BROWSER = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../scripts/browser");
/** The name of the workstation in every journey. */
export const WORKSTATION_NAME = "Room 3 workstation";
/** Seconds of one step of a one-time code (RFC 6238). */
const STEP = 30;

// The step may end between making a code and using it; the server accepts the step before as well.
const currentStep = () => Math.floor(Date.now() / 1000 / STEP);

/** The environment in which `scripts/browser` signs a person in at the clinic. */
export const browserEnv = ({ user, password, otpauth }, { ca, backend }) => ({
  BROWSER,
  SIGN_IN_USER: user,
  SIGN_IN_PASSWORD: password,
  SIGN_IN_OTPAUTH: otpauth,
  SIGN_IN_CA: ca,
  SIGN_IN_BACKEND: backend,
});

export class Clinic {
  #backend = null;
  /** The last step whose code was used, by otpauth URI. */
  #usedSteps = new Map();

  /** Starts the server of the demo clinic, from the same build as the journey's program. */
  static async open(journey, { faults = false } = {}) {
    const clinic = new Clinic();
    clinic.workstation = journey.workstation;
    const built = (name) => path.join(path.dirname(journey.binary), name);
    clinic.programs = { backend: built("keep-backend"), chartkeep: built("chartkeep") };
    clinic.profile = path.join(clinic.workstation.home, "profile");
    clinic.port = await freePort();
    clinic.faults = faults;
    const people = JSON.parse(await clinic.workstation.run(clinic.programs.backend, ["people", "--json"]));
    clinic.people = new Map(people.map((p) => [p.user, { ...p, workstationPassword: `lamp river ${p.user} seventeen` }]));
    await clinic.start();
    return clinic;
  }

  /** Starts the server, always on the same port and data, so that sign-ins and records stay valid. */
  async start() {
    const ready = path.join(this.workstation.root, "ready.json");
    fs.rmSync(ready, { force: true });
    const args = ["serve", "--listen", `127.0.0.1:${this.port}`, "--data", path.join(this.workstation.root, "backend"), "--demo"];
    // What remains of a visit whose encounter was lost with a damaged file would be refused by a server that checks references.
    args.push("--references", "unchecked", "--packed-forms", "accepted");
    args.push("--ready", ready, ...(this.faults ? ["--test-faults"] : []));
    this.#backend = this.workstation.processes.start("backend", this.programs.backend, args, { env: this.workstation.env });
    Object.assign(this, await until("the server", 60_000, () => JSON.parse(fs.readFileSync(ready, "utf8"))));
  }

  /** Stops the server, as if the network were down. */
  async stop() {
    await this.workstation.processes.end(this.#backend);
  }

  person(user) {
    const found = this.people.get(user);
    assert.ok(found, `unknown person: ${user}`);
    return found;
  }

  /** The environment in which the browser signs `user` in automatically. */
  browserEnv(user) {
    return browserEnv(this.person(user), { ca: this.ca, backend: this.programs.backend });
  }

  /** Waits until this phone shows a code that has not been used (each is valid once) and marks it as used. */
  async waitForFreshCode(otpauth) {
    const last = this.#usedSteps.get(otpauth) ?? 0;
    await until("the next code", (STEP + 5) * 1000, () => currentStep() > last);
    this.#usedSteps.set(otpauth, currentStep());
  }

  /** Returns a code that has not been used; may wait for the next step. */
  async nextCode(otpauth) {
    await this.waitForFreshCode(otpauth);
    const code = await this.workstation.run(this.programs.backend, ["code", "--otpauth", otpauth]);
    this.#usedSteps.set(otpauth, currentStep());
    return code.trim();
  }

  /** Writes the settings that IT prepares before the first enrolment: trusted authority, demo data, site policy. */
  prepareWorkstation({ profile = this.profile, policy = {} } = {}) {
    fs.mkdirSync(profile, { recursive: true, mode: 0o700 });
    fs.writeFileSync(
      path.join(profile, "workstation.json"),
      JSON.stringify({
        version: 1,
        device: crypto.randomBytes(16).toString("hex"),
        name: "",
        site: "",
        server: "",
        ca_file: this.ca,
        client_id: "chartkeep-desktop",
        demo: true,
        audit_key: null,
        holders: {},
        policy,
      }),
    );
  }

  /** Enrols people on the command line, in this order. */
  async enrol(...users) {
    for (const user of users) await this.enrolOn(this.profile, user);
  }

  async enrolOn(profile, user) {
    const person = this.person(user);
    const args = ["enrol", "--server", this.fhir, "--ca", this.ca, "--workstation", WORKSTATION_NAME, "--demo"];
    args.push("--password-fd", "3", "--otpauth-fd", "4", "--code-fd", "5");
    await this.waitForFreshCode(person.otpauth);
    const answer = await this.#chartkeep(profile, args, { env: this.browserEnv(user), person, enrolling: true });
    assert.ok(answer.ok, `enrol ${user}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Unlocks as `user` on the command line and runs a verb: `sync`, `grant`, or `import` with its file. */
  async runAs(user, verb, { profile = this.profile, file } = {}) {
    const person = this.person(user);
    const args = [verb, ...(file ? [file] : []), "--user", person.name, "--password-fd", "3", "--code-fd", "5"];
    const answer = await this.#chartkeep(profile, args, { person });
    assert.ok(answer.ok, `${verb} as ${user}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /**
   * Tries `sync` as `user` and returns the answer, even if it is a refusal. `signInAs` signs in at the clinic first.
   * With a wrong `password` the code stays valid, and a held slot needs no code.
   */
  async trySync(user, { password, held = false, signInAs } = {}) {
    const person = { ...this.person(user) };
    person.workstationPassword = password ?? person.workstationPassword;
    let typed = held ? "000000" : undefined;
    if (password) {
      const last = this.#usedSteps.get(person.workstationOtpauth) ?? 0;
      await until("the next code", (STEP + 5) * 1000, () => currentStep() > last);
      typed = (await this.workstation.run(this.programs.backend, ["code", "--otpauth", person.workstationOtpauth])).trim();
    }
    const args = ["sync", "--user", person.name, "--password-fd", "3", "--code-fd", "5"];
    if (signInAs) {
      args.push("--sign-in");
      await this.waitForFreshCode(this.person(signInAs).otpauth);
    }
    const env = signInAs ? this.browserEnv(signInAs) : {};
    return this.#chartkeep(this.profile, args, { env, person, typed });
  }

  /** Runs a verb that needs no sign-in. */
  run(args, { profile = this.profile } = {}) {
    return this.#chartkeep(profile, args, {});
  }

  /** Verifies the audit log on the command line; returns its report. */
  async verifyAuditLog() {
    const report = await this.run(["audit", "verify"]);
    assert.ok(report.ok, JSON.stringify(report));
    return report;
  }

  async #chartkeep(profile, args, { env = {}, person, enrolling = false, typed }) {
    const log = fs.openSync(path.join(this.workstation.logs, "chartkeep.log"), "a");
    const phone = person && !enrolling ? (typed ?? (await this.nextCode(person.workstationOtpauth))) : undefined;
    const child = spawn(this.programs.chartkeep, ["--profile", profile, "--json", ...args], {
      env: { ...this.workstation.env, ...env },
      stdio: ["ignore", "pipe", log, "pipe", "pipe", "pipe"],
    });
    fs.closeSync(log);
    const [, stdout, , password, otpauth, code] = child.stdio;
    for (const pipe of [password, otpauth, code]) pipe.on("error", () => {});
    let text = "";
    stdout.on("data", (bytes) => {
      text += bytes;
    });
    if (person) password.end(`${person.workstationPassword}\n`);
    if (phone) code.end(`${phone}\n`);
    let uri = "";
    otpauth.on("data", async (bytes) => {
      uri += bytes;
      if (!enrolling || !uri.includes("\n") || !code.writable) return;
      person.workstationOtpauth = uri.trim();
      code.end(`${await this.nextCode(person.workstationOtpauth)}\n`);
    });
    const timeout = setTimeout(() => child.kill("SIGKILL"), 120_000);
    await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    clearTimeout(timeout);
    try {
      return JSON.parse(text);
    } catch {
      return { ok: false, code: `exit ${child.exitCode ?? child.signalCode}`, text };
    }
  }

  /** Signs a person in as another program would (authorization code with PKCE) and returns an access token. */
  async token(user) {
    const person = this.person(user);
    const verifier = crypto.randomBytes(32).toString("base64url");
    const redirect = "http://127.0.0.1:1/callback";
    const request = {
      response_type: "code",
      client_id: "chartkeep-desktop",
      redirect_uri: redirect,
      state: crypto.randomUUID(),
      nonce: crypto.randomUUID(),
      scope: "openid profile fhirUser offline_access user/*.cruds",
      code_challenge: crypto.createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    };
    const origin = new URL(this.fhir).origin;
    const code = await this.nextCode(person.otpauth);
    const back = await this.#send("POST", `${origin}/authorize`, { form: { ...request, user, password: person.password, code } });
    assert.equal(back.status, 303, `sign-in of ${user}`);
    const granted = new URL(back.headers.location).searchParams.get("code");
    const form = { grant_type: "authorization_code", code: granted, client_id: request.client_id, redirect_uri: redirect };
    const answer = await this.#send("POST", `${origin}/token`, { form: { ...form, code_verifier: verifier } });
    assert.equal(answer.status, 200, `token of ${user}`);
    return JSON.parse(answer.text).access_token;
  }

  /** Sends a FHIR request with a token; returns {status, headers, body, text}. */
  async fhirRequest(token, method, target, { body, headers = {} } = {}) {
    const allHeaders = { authorization: `Bearer ${token}`, accept: "application/fhir+json", ...headers };
    const answer = await this.#send(method, `${this.fhir}/${target}`, { headers: allHeaders, json: body });
    return { ...answer, body: answer.text === "" ? null : JSON.parse(answer.text) };
  }

  /** Injects a fault; the clinic must have been opened with `faults`. */
  async injectFault(fault) {
    const answer = await this.#send("POST", `${new URL(this.fhir).origin}/_test/fault`, { json: fault });
    assert.equal(answer.status, 204, `fault ${JSON.stringify(fault)}`);
  }

  #send(method, address, { form, json, headers = {} }) {
    const body = form ? new URLSearchParams(form).toString() : json === undefined ? "" : JSON.stringify(json);
    const type = form ? "application/x-www-form-urlencoded" : "application/fhir+json";
    const ca = fs.readFileSync(this.ca);
    const all = { ...headers, ...(body === "" ? {} : { "content-type": type, "content-length": Buffer.byteLength(body) }) };
    return new Promise((resolve, reject) => {
      const request = https.request(address, { method, ca, headers: all, timeout: 20_000 }, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.once("end", () =>
          resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() }),
        );
      });
      request.once("error", reject);
      request.end(body);
    });
  }
}

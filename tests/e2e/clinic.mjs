// The clinic around a workstation: its server, its people and the codes of their phones.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import https from "node:https";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, until } from "./processes.mjs";

const BROWSER = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../scripts/browser");
/** How the workstation of every journey is called. */
export const WORKSTATION = "Room 3 workstation";
/** Seconds of one step of a one-time code (RFC 6238). */
const STEP = 30;

// The step may end between a code and its use, and the step before is taken as well.
const stepNow = () => Math.floor(Date.now() / 1000 / STEP);

export class Clinic {
  #backend = null;
  /** The last step whose code was used, by the code's own address. */
  #used = new Map();

  /** Starts the demo clinic's server beside the journey's program. */
  static async open(journey, { faults = false } = {}) {
    const clinic = new Clinic();
    clinic.desk = journey.desk;
    const beside = (name) => path.join(path.dirname(journey.binary), name);
    clinic.programs = { backend: beside("keep-backend"), chartkeep: beside("chartkeep") };
    clinic.profile = path.join(clinic.desk.home, "profile");
    clinic.port = await freePort();
    clinic.faults = faults;
    const people = JSON.parse(await clinic.desk.run(clinic.programs.backend, ["people", "--json"]));
    clinic.people = new Map(people.map((p) => [p.user, { ...p, workstationPassword: `lamp river ${p.user} seventeen` }]));
    await clinic.start();
    return clinic;
  }

  /** Starts the server; on the same port and data as before, so that sign-ins and records stay. */
  async start() {
    const ready = path.join(this.desk.root, "ready.json");
    fs.rmSync(ready, { force: true });
    const args = ["serve", "--listen", `127.0.0.1:${this.port}`, "--data", path.join(this.desk.root, "backend"), "--demo"];
    args.push("--ready", ready, ...(this.faults ? ["--test-faults"] : []));
    this.#backend = this.desk.processes.start("backend", this.programs.backend, args, { env: this.desk.env });
    Object.assign(this, await until("the server", 60_000, () => JSON.parse(fs.readFileSync(ready, "utf8"))));
  }

  /** Stops the server: the network is down. */
  async stop() {
    await this.desk.processes.end(this.#backend);
  }

  person(user) {
    const found = this.people.get(user);
    assert.ok(found, `nobody is called ${user}`);
    return found;
  }

  /** The environment in which the browser signs `user` in by itself. */
  browserOf(user) {
    const { password, otpauth } = this.person(user);
    return {
      BROWSER,
      SIGN_IN_USER: user,
      SIGN_IN_PASSWORD: password,
      SIGN_IN_OTPAUTH: otpauth,
      SIGN_IN_CA: this.ca,
      SIGN_IN_BACKEND: this.programs.backend,
    };
  }

  /** Waits until a new code of this phone is there, as each is good once, and notes it as used. */
  async nextStep(otpauth) {
    const last = this.#used.get(otpauth) ?? 0;
    await until("the next code", (STEP + 5) * 1000, () => stepNow() > last);
    this.#used.set(otpauth, stepNow());
  }

  /** A code that has not been used yet; may wait for the next step. */
  async code(otpauth) {
    await this.nextStep(otpauth);
    const code = await this.desk.run(this.programs.backend, ["code", "--otpauth", otpauth]);
    this.#used.set(otpauth, stepNow());
    return code.trim();
  }

  /** Settings as IT would lay them out before the first person comes: whom to trust, demo data, the site's policy. */
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

  /** Enrols people by the command line, in this order. */
  async enrol(...users) {
    for (const user of users) await this.enrolOn(this.profile, user);
  }

  async enrolOn(profile, user) {
    const person = this.person(user);
    const args = ["enrol", "--server", this.fhir, "--ca", this.ca, "--workstation", WORKSTATION, "--demo"];
    args.push("--password-fd", "3", "--otpauth-fd", "4", "--code-fd", "5");
    await this.nextStep(person.otpauth);
    const answer = await this.#chartkeep(profile, args, { env: this.browserOf(user), person, enrolling: true });
    assert.ok(answer.ok, `enrol ${user}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Unlocks as `user` on the command line and runs a verb: `sync` or `grant`. */
  async as(user, verb, { profile = this.profile } = {}) {
    const person = this.person(user);
    const args = [verb, "--user", person.name, "--password-fd", "3", "--code-fd", "5"];
    const answer = await this.#chartkeep(profile, args, { person });
    assert.ok(answer.ok, `${verb} as ${user}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /**
   * Tries `sync` as `user`, for whom `signInAs` may sign in at the clinic first; answers a refusal, too. With a
   * `password` that is wrong the code stays good, and where the slot is held none is needed.
   */
  async trySync(user, { password, held = false, signInAs } = {}) {
    const person = { ...this.person(user) };
    person.workstationPassword = password ?? person.workstationPassword;
    let typed = held ? "000000" : undefined;
    if (password) {
      const last = this.#used.get(person.workstationOtpauth) ?? 0;
      await until("the next code", (STEP + 5) * 1000, () => stepNow() > last);
      typed = (await this.desk.run(this.programs.backend, ["code", "--otpauth", person.workstationOtpauth])).trim();
    }
    const args = ["sync", "--user", person.name, "--password-fd", "3", "--code-fd", "5"];
    if (signInAs) {
      args.push("--sign-in");
      await this.nextStep(this.person(signInAs).otpauth);
    }
    const env = signInAs ? this.browserOf(signInAs) : {};
    return this.#chartkeep(this.profile, args, { env, person, typed });
  }

  /** Runs a verb that needs nobody. */
  ask(args, { profile = this.profile } = {}) {
    return this.#chartkeep(profile, args, {});
  }

  async #chartkeep(profile, args, { env = {}, person, enrolling = false, typed }) {
    const log = fs.openSync(path.join(this.desk.logs, "chartkeep.log"), "a");
    const phone = person && !enrolling ? (typed ?? (await this.code(person.workstationOtpauth))) : undefined;
    const child = spawn(this.programs.chartkeep, ["--profile", profile, "--json", ...args], {
      env: { ...this.desk.env, ...env },
      stdio: ["ignore", "pipe", log, "pipe", "pipe", "pipe"],
    });
    fs.closeSync(log);
    const [, told, , password, otpauth, code] = child.stdio;
    for (const pipe of [password, otpauth, code]) pipe.on("error", () => {});
    let text = "";
    told.on("data", (bytes) => {
      text += bytes;
    });
    if (person) password.end(`${person.workstationPassword}\n`);
    if (phone) code.end(`${phone}\n`);
    let uri = "";
    otpauth.on("data", async (bytes) => {
      uri += bytes;
      if (!enrolling || !uri.includes("\n") || !code.writable) return;
      person.workstationOtpauth = uri.trim();
      code.end(`${await this.code(person.workstationOtpauth)}\n`);
    });
    const late = setTimeout(() => child.kill("SIGKILL"), 120_000);
    await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    clearTimeout(late);
    try {
      return JSON.parse(text);
    } catch {
      return { ok: false, code: `exit ${child.exitCode ?? child.signalCode}`, text };
    }
  }

  /** Signs a person in as a program would (authorization code with PKCE) and answers an access token. */
  async token(user) {
    const person = this.person(user);
    const verifier = crypto.randomBytes(32).toString("base64url");
    const redirect = "http://127.0.0.1:1/callback";
    const asked = {
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
    const code = await this.code(person.otpauth);
    const back = await this.#send("POST", `${origin}/authorize`, { form: { ...asked, user, password: person.password, code } });
    assert.equal(back.status, 303, `the sign-in of ${user}`);
    const given = new URL(back.headers.location).searchParams.get("code");
    const form = { grant_type: "authorization_code", code: given, client_id: asked.client_id, redirect_uri: redirect };
    const answer = await this.#send("POST", `${origin}/token`, { form: { ...form, code_verifier: verifier } });
    assert.equal(answer.status, 200, `the token of ${user}`);
    return JSON.parse(answer.text).access_token;
  }

  /** A FHIR request with a token; answers {status, headers, body}. */
  async asServer(token, method, below, { body, headers = {} } = {}) {
    const given = { authorization: `Bearer ${token}`, accept: "application/fhir+json", ...headers };
    const answer = await this.#send(method, `${this.fhir}/${below}`, { headers: given, json: body });
    return { ...answer, body: answer.text === "" ? null : JSON.parse(answer.text) };
  }

  /** Injects a fault; the server must have been opened with faults. */
  async fault(fault) {
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

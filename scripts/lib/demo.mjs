// Runs the demo clinic on this computer: server, keychain, users, window. All its files are in target/demo/.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { browserEnv } from "../../tests/e2e/clinic.mjs";
import { Processes, freePort, onInterrupt, until } from "../../tests/e2e/processes.mjs";
import { startKeychain } from "../../tests/e2e/desktop-environment.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const built = path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, "target"), "release");
const demo = path.join(root, "target/demo");
const { values: options } = parseArgs({ options: { fresh: { type: "boolean" }, data: { type: "string" } } });

/** The password that enrolment sets; it is published here, so it protects nothing outside a demo. */
const workstationPassword = (person) => `${person.user} keeps charts`;

const folder = (...parts) => {
  const created = path.join(demo, ...parts);
  fs.mkdirSync(created, { recursive: true, mode: 0o700 });
  return created;
};
// Every demo starts empty: files of an earlier one belong to another clinic.
fs.rmSync(demo, { recursive: true, force: true });
const [profile, people] = [path.join(folder(), "profile"), folder("people")];
const programs = new Processes(folder("logs"));
const env = { ...process.env, HOME: folder("home"), XDG_RUNTIME_DIR: folder("run"), XDG_DATA_HOME: undefined };
for (const name of ["XDG_DATA_HOME", "GNOME_KEYRING_CONTROL", "DBUS_SESSION_BUS_ADDRESS"]) delete env[name];

const demoStart = Date.now();
async function step(name, run) {
  const start = Date.now();
  const result = await run();
  const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
  console.log(`-- ${name}: ${seconds(Date.now() - start)} (${seconds(Date.now() - demoStart)} in total)`);
  return result;
}

/** The clinic's server, with one port and folder for the whole demo, so that it can be stopped and restarted. */
class Server {
  async start() {
    this.port ??= await freePort();
    const ready = path.join(demo, "server.json");
    fs.rmSync(ready, { force: true });
    const records = options.data ? ["--load", path.resolve(options.data), "--demo-staff"] : ["--demo"];
    const args = ["serve", "--listen", `127.0.0.1:${this.port}`, "--data", folder("server"), "--ready", ready, ...records];
    // What remains of a visit whose encounter was lost with a damaged file would be refused by a server that checks references.
    args.push("--references", "unchecked", "--packed-forms", "accepted");
    this.program = programs.start("server", path.join(built, "keep-backend"), args, { env });
    const started = () => {
      if (this.program.exitCode !== null) throw new Error("the clinic's server exited at start");
      return fs.existsSync(ready) && JSON.parse(fs.readFileSync(ready, "utf8"));
    };
    Object.assign(this, await until("the clinic's server", 180_000, started));
  }

  stop() {
    return programs.end(this.program);
  }
}

/** A descriptor that gets no text at start: the program writes to it, or the text is sent later. */
const [READ, LATER] = [Symbol("read"), Symbol("later")];

/** Runs a program and returns its output; `pipes` are its descriptors from 3 on: text to send, READ or LATER. */
function output(command, args, { more = {}, pipes = [], onRead } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = ["ignore", "pipe", "inherit", ...pipes.map(() => "pipe")];
    const child = spawn(command, args, { env: { ...env, ...more }, stdio });
    let text = "";
    child.stdout.on("data", (bytes) => {
      text += bytes;
    });
    pipes.forEach((send, index) => {
      const pipe = child.stdio[index + 3];
      if (send === READ) pipe.once("data", (bytes) => onRead(String(bytes).trim(), child));
      else if (send !== LATER) pipe.end(send);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(text);
      else reject(new Error(`${path.basename(command)} ${args[0]} exited with ${code}: ${text}`));
    });
  });
}

const code = (otpauth) => output(path.join(built, "keep-backend"), ["code", "--otpauth", otpauth]).then((t) => t.trim());
const phone = (person) => fs.readFileSync(path.join(people, `${person.user}.otpauth`), "utf8");

/** A code works only once: waits for the code after the one that enrolment or an unlock used. */
const used = new Map();
async function nextCode(otpauth) {
  const fresh = await until("the next code", 40_000, async () => {
    const now = await code(otpauth);
    return now !== used.get(otpauth) && now;
  });
  used.set(otpauth, fresh);
  return fresh;
}

/** Enrols one person through the command line, as IT would, with the scripted browser. */
async function enrol(person, clinic) {
  const more = browserEnv(person, { ca: clinic.ca, backend: path.join(built, "keep-backend") });
  const args = ["enrol", "--profile", profile, "--json", "--server", clinic.fhir, "--ca", clinic.ca, "--workstation"];
  args.push("Demo workstation", "--demo", "--password-fd", "3", "--otpauth-fd", "4", "--code-fd", "5");
  const onRead = async (otpauth, child) => {
    fs.writeFileSync(path.join(people, `${person.user}.otpauth`), otpauth, { mode: 0o600 });
    child.stdio[5].end(await nextCode(otpauth));
  };
  await output(path.join(built, "chartkeep"), args, { more, pipes: [workstationPassword(person), READ, LATER], onRead });
}

/** The physician's unlock grants the segment keys to everyone who is waiting. */
async function grant(person) {
  const args = ["grant", "--profile", profile, "--json", "--user", person.name, "--password-fd", "3", "--code-fd", "4"];
  await output(path.join(built, "chartkeep"), args, { pipes: [workstationPassword(person), await nextCode(phone(person))] });
}

/** Without a display and with --fresh: enrols the first user in a window on a virtual display. */
async function firstPerson() {
  const out = path.join(root, "target/tour");
  console.log("No display found: enrolling the first user on a virtual one.\n");
  const more = { ...process.env, CHARTKEEP_E2E_OUT: out, CHARTKEEP_DESKTOP: path.join(built, "chartkeep-desktop") };
  const journey = spawn(process.execPath, [path.join(root, "tests/e2e/run.mjs"), "skeleton"], { env: more, stdio: "inherit" });
  const exitCode = await new Promise((done) => journey.once("close", done));
  if (exitCode !== 0) throw new Error(`the journey exited with ${exitCode}`);
  console.log(`\nPictures of the window: ${path.relative(root, out)}/`);
}

/** Without a display: performs the main tasks on a virtual one with the real programs and prints each step. */
async function tour(server, staff) {
  const { Tour } = await import("../../tests/e2e/tour.mjs");
  const pictures = path.join(root, "target/tour");
  const person = (user) => {
    const found = staff.find((p) => p.user === user);
    return { ...found, workstationPassword: workstationPassword(found), workstationOtpauth: phone(found) };
  };
  const clinic = { person, nextCode, stop: () => server.stop(), start: () => server.start() };
  console.log("No display found: performing the main tasks on a virtual one.\n");
  const home = path.join(demo, "home");
  const binary = path.join(built, "chartkeep-desktop");
  await new Tour({ clinic, processes: programs, env, home, profile, binary, pictures }).run();
  const verified = await output(path.join(built, "chartkeep"), ["audit", "verify", "--profile", profile, "--json"]);
  console.log(`\nchartkeep audit verify --json\n  ${verified.trim()}`);
  console.log(`\nPictures of the window: ${path.relative(root, pictures)}/`);
  console.log("To see the real window, run `make run` in a desktop session, or with DISPLAY set to one.");
}

// When the demo is interrupted, it ends the programs that it started.
onInterrupt(() => programs.endAll());
let failed = false;
try {
  await step("start a keychain", () => startKeychain(programs, env, "demo"));
  const server = new Server();
  await step("start the clinic's server", () => server.start());
  const staff = JSON.parse(await output(path.join(built, "keep-backend"), ["people", "--json"]));
  if (!options.fresh) {
    // The physician first: the first user to enrol creates the segment keys, and a physician may hold them all.
    const order = [...staff].sort((a, b) => (b.role === "physician") - (a.role === "physician"));
    for (const person of order) await step(`enrol ${person.name}, ${person.role}`, () => enrol(person, server));
    await step(`${order[0].name} grants the keys`, () => grant(order[0]));
  }
  console.log("\nPerson               Role             Clinic sign-in          Workstation password");
  for (const p of staff) {
    const password = options.fresh ? "(chosen at enrolment)" : workstationPassword(p);
    console.log([p.name.padEnd(20), p.role.padEnd(16), p.password.padEnd(23), password].join(" "));
  }
  console.log(`\nCodes: make codes.  Server: ${server.fhir}\n`);
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    await (options.fresh ? firstPerson() : tour(server, staff));
  } else {
    const window = programs.start("window", path.join(built, "chartkeep-desktop"), ["--profile", profile], { env });
    await new Promise((closed) => window.once("close", closed));
  }
} catch (error) {
  failed = true;
  console.error(`demo: ${error.message}`, error.cause ?? "");
  console.error(`demo: logs are in ${path.join(demo, "logs")}`);
} finally {
  await programs.endAll();
}
process.exit(failed ? 1 : 0);

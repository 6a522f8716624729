// Runs journeys, each on its own workstation: `node run.mjs [name...]`.
//
// CHARTKEEP_DESKTOP      the program (default target/release/chartkeep-desktop, built with feature e2e)
// CHARTKEEP_E2E_PROFILE  `debug` takes the program of that build instead
// CHARTKEEP_E2E_OUT      the folder for results (default target/e2e)
// CHARTKEEP_E2E_PICTURES a separate folder for the pictures
// CHARTKEEP_E2E_AT_ONCE  how many journeys run at once (default 2: they mostly wait)
// CHARTKEEP_E2E_KEEP=1   leaves each workstation's folder; otherwise only the logs of a failed journey remain
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Journey } from "./journey.mjs";
import { onInterrupt } from "./processes.mjs";
import { Workstation } from "./workstation.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../..");
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, "target");
const profile = process.env.CHARTKEEP_E2E_PROFILE ?? "release";
const binary = path.resolve(process.env.CHARTKEEP_DESKTOP ?? path.join(target, profile, "chartkeep-desktop"));
const out = path.resolve(process.env.CHARTKEEP_E2E_OUT ?? path.join(root, "target/e2e"));

const known = fs.readdirSync(path.join(here, "journeys")).map((f) => path.basename(f, ".mjs")).sort();
const requested = process.argv.slice(2);
const unknown = requested.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`unknown journey: ${unknown.join(", ")}; known: ${known.join(", ")}`);
  process.exit(2);
}
if (!fs.existsSync(binary)) {
  console.error(`${binary} is missing: build it first (scripts/e2e does)`);
  process.exit(2);
}
const pictures = path.resolve(process.env.CHARTKEEP_E2E_PICTURES ?? out);
for (const folder of [out, pictures]) fs.mkdirSync(folder, { recursive: true });
const keep = process.env.CHARTKEEP_E2E_KEEP === "1";

/** Longest time for a journey, so that a driver that hangs does not block the run. */
const LIMIT = 5 * 60_000;
onInterrupt(() => Workstation.closeAll({ keep }));

function withLimit(journey) {
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not finished within ${LIMIT / 1000} s`)), LIMIT);
  });
  return Promise.race([journey, timeout]).finally(() => clearTimeout(timer));
}

async function run(name) {
  const { default: journey } = await import(`./journeys/${name}.mjs`);
  const start = Date.now();
  let context = { steps: [], axe: [] };
  let failure = null;
  let workstation = null;
  try {
    workstation = await Workstation.open(name);
    context = new Journey(name, workstation, { binary, out, pictures });
    await withLimit(journey(context));
  } catch (error) {
    failure = error;
    // The screen often says more than the stack.
    await workstation?.screenshot(path.join(out, `${name}-failed.png`)).catch(() => {});
  }
  const logs = path.join(out, `${name}-logs`);
  fs.rmSync(logs, { recursive: true, force: true });
  if (failure && workstation) fs.cpSync(workstation.logs, logs, { recursive: true });
  const folder = await workstation?.close({ keep });
  const result = { name, ok: failure === null, ms: Date.now() - start, steps: context.steps };
  if (failure) result.failure = String(failure.stack ?? failure);
  console.log(`${result.ok ? "ok  " : "FAIL"} journey ${name} in ${(result.ms / 1000).toFixed(1)} s`);
  if (failure) console.log(result.failure, failure.cause ?? "", `\nlogs: ${logs}`);
  if (folder) console.log(`logs and profile are in ${folder}`);
  return { result, axe: context.axe };
}

const names = requested.length > 0 ? requested : known;
const results = new Array(names.length);
let started = 0;
async function worker() {
  while (started < names.length) {
    const at = started;
    started += 1;
    results[at] = await run(names[at]);
  }
}
const atOnce = Math.max(1, Number(process.env.CHARTKEEP_E2E_AT_ONCE ?? 2));
await Promise.all(Array.from({ length: Math.min(atOnce, names.length) }, worker));
const write = (file, value) => fs.writeFileSync(path.join(out, file), `${JSON.stringify(value, null, 2)}\n`);
write("report.json", { journeys: results.map((r) => r.result) });
write("axe.json", results.flatMap((r) => r.axe));
process.exit(results.every((r) => r.result.ok) ? 0 : 1);

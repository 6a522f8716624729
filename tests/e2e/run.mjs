// Runs journeys, each on a workstation of its own: `node run.mjs [name...]`.
//
// CHARTKEEP_DESKTOP names the binary (default target/release/chartkeep-desktop, built with feature e2e),
// CHARTKEEP_E2E_PROFILE=debug takes the one of that build instead, CHARTKEEP_E2E_OUT the folder of results
// (default target/e2e), CHARTKEEP_E2E_AT_ONCE how many journeys run at once (default 2: they wait more than they work),
// CHARTKEEP_E2E_PICTURES a folder for the pictures alone. CHARTKEEP_E2E_KEEP=1 keeps each desk's folder; without it
// only the logs of a failed journey are kept.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Desk } from "./desk.mjs";
import { Journey } from "./journey.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../..");
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, "target");
const profile = process.env.CHARTKEEP_E2E_PROFILE ?? "release";
const binary = path.resolve(process.env.CHARTKEEP_DESKTOP ?? path.join(target, profile, "chartkeep-desktop"));
const out = path.resolve(process.env.CHARTKEEP_E2E_OUT ?? path.join(root, "target/e2e"));

const known = fs.readdirSync(path.join(here, "journeys")).map((f) => path.basename(f, ".mjs")).sort();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no such journey: ${unknown.join(", ")}; there are ${known.join(", ")}`);
  process.exit(2);
}
if (!fs.existsSync(binary)) {
  console.error(`${binary} is missing: build it first (scripts/e2e does)`);
  process.exit(2);
}
const pictures = path.resolve(process.env.CHARTKEEP_E2E_PICTURES ?? out);
for (const folder of [out, pictures]) fs.mkdirSync(folder, { recursive: true });
const keep = process.env.CHARTKEEP_E2E_KEEP === "1";

/** No journey may take longer; a driver that hangs would otherwise hold the run for ever. */
const LIMIT = 5 * 60_000;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, async () => {
    await Desk.closeAll({ keep });
    process.exit(130);
  });
}

function limited(journey) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${LIMIT / 1000} s`)), LIMIT);
  });
  return Promise.race([journey, late]).finally(() => clearTimeout(timer));
}

async function run(name) {
  const { default: journey } = await import(`./journeys/${name}.mjs`);
  const began = Date.now();
  let context = { steps: [], axe: [] };
  let failure = null;
  let desk = null;
  try {
    desk = await Desk.open(name);
    context = new Journey(name, desk, { binary, out, pictures });
    await limited(journey(context));
  } catch (error) {
    failure = error;
    // What the screen showed says more than the stack.
    await desk?.picture(path.join(out, `${name}-failed.png`)).catch(() => {});
  }
  const logs = path.join(out, `${name}-logs`);
  fs.rmSync(logs, { recursive: true, force: true });
  if (failure && desk) fs.cpSync(desk.logs, logs, { recursive: true });
  const kept = await desk?.close({ keep });
  const result = { name, ok: failure === null, ms: Date.now() - began, steps: context.steps };
  if (failure) result.failure = String(failure.stack ?? failure);
  console.log(`${result.ok ? "ok  " : "FAIL"} journey ${name} in ${(result.ms / 1000).toFixed(1)} s`);
  if (failure) console.log(result.failure, failure.cause ?? "", `\nits logs: ${logs}`);
  if (kept) console.log(`logs and profile are kept in ${kept}`);
  return { result, axe: context.axe };
}

const names = asked.length > 0 ? asked : known;
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

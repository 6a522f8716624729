// Tests the package as a clinic gets it: unpacked into an empty folder, started on its own workstation, not driven.
//
// `node packaged.mjs FILE.deb`; the pictures go to the same folder as those of the journeys (target/e2e).
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, onInterrupt, until, waitForPort } from "./processes.mjs";
import { automationEnv, startWebDriver } from "./web-driver.mjs";
import { Workstation } from "./workstation.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const out = path.resolve(process.env.CHARTKEEP_E2E_OUT ?? path.join(root, "target/e2e"));
const [deb] = process.argv.slice(2);
if (!deb) {
  console.error("usage: node packaged.mjs FILE.deb");
  process.exit(2);
}

/** Must not be in the programs: the web data folder of a build for the journeys, and the name of a test person. */
const NOT_SHIPPED = ["chartkeep-e2e-web-view", "Okafor"];
/** Files of a web engine that stores anything below the home folder. */
const WEB_DATA = /webkit|web-view|webcache|storage|cookie|indexeddb|hsts|org\.chartkeep|chartkeep-desktop/i;
/** Tauri creates a store that no page uses (the page's own is in memory): random salts and an empty list. */
const EMPTY = /^home\/\.local\/share\/org\.chartkeep\.desktop\/(.*\/salt|hsts-storage\.sqlite.*)$/;

async function smoke(workstation) {
  const tree = path.join(workstation.root, "installed");
  const installed = (name) => path.join(tree, name);
  const start = Date.now();
  const report = (what) => console.log(`  ok   ${String(Date.now() - start).padStart(6)} ms  packaged: ${what}`);

  const listed = (await workstation.run("dpkg-deb", ["-c", deb])).trim().split("\n").map((line) => line.split(/\s+/));
  assert.deepEqual(listed.filter((line) => line[1] !== "root/root" || /s/.test(line[0].slice(0, 10))), [], "owned by root, none setuid");
  await workstation.run("dpkg-deb", ["-x", deb, tree]);
  for (const name of ["usr/bin/chartkeep", "usr/bin/chartkeep-desktop", "usr/share/doc/chartkeep/copyright"]) {
    assert.ok(fs.existsSync(installed(name)), name);
  }
  const entry = fs.readFileSync(installed("usr/share/applications/org.chartkeep.desktop.desktop"), "utf8");
  const icon = /^Icon=(.+)$/m.exec(entry)[1];
  assert.ok(fs.existsSync(installed(`usr/bin/${/^Exec=(\S+)$/m.exec(entry)[1]}`)));
  assert.ok(fs.existsSync(installed(`usr/share/icons/hicolor/128x128/apps/${icon}.png`)));
  report("it contains the programs, the licence, the menu entry and its icon");

  assert.ok(fs.readFileSync(path.join(root, "src-tauri/src/web_view.rs"), "utf8").includes(NOT_SHIPPED[0]));
  for (const name of ["chartkeep", "chartkeep-desktop"]) {
    const bytes = fs.readFileSync(installed(`usr/bin/${name}`));
    assert.deepEqual(NOT_SHIPPED.filter((text) => bytes.includes(text)), [], name);
  }
  report("the programs contain nothing made for tests");

  const profile = path.join(workstation.home, "profile");
  const doctor = JSON.parse(await workstation.run(installed("usr/bin/chartkeep"), ["doctor", "--json", "--profile", profile]));
  assert.deepEqual([doctor.ok, doctor.keychain], [true, "ready"], JSON.stringify(doctor));
  report("chartkeep doctor answers");

  const [inspector, driver] = [await freePort(), await freePort()];
  const app = workstation.processes.start("app", installed("usr/bin/chartkeep-desktop"), ["--profile", profile], {
    env: { ...workstation.env, ...automationEnv(inspector) },
  });
  const window = await until("the window", 20_000, () =>
    workstation.run("xdotool", ["search", "--onlyvisible", "--name", "^Chartkeep$"]).then((ids) => ids.trim().split("\n").at(-1)),
  );
  const picture = path.join(out, "packaged-lock.png");
  await until("the lock screen to be drawn", 20_000, async () => {
    await workstation.run("import", ["-window", window, picture]);
    // An empty page has a handful of colours; words and buttons, smoothed, have many.
    return Number(await workstation.run("identify", ["-format", "%k", picture])) > 60;
  });
  // Until its own fonts are loaded it shows others.
  const difference = await until("it to look as in the build for the journeys", 20_000, async () => {
    await workstation.run("import", ["-window", window, picture]);
    return compareWithDriven(workstation, picture);
  });
  report(`the lock screen is shown: ${path.relative(root, picture)} (${difference})`);

  await assert.rejects(waitForPort(inspector, 1_000), /waited/, "no inspector listens");
  await startWebDriver(workstation.processes, { env: workstation.env, port: driver, inspector });
  const session = await newSession(driver);
  assert.ok(session.status >= 400 && !session.body.includes("sessionId"), `${session.status} ${session.body}`);
  report("a driver is refused, even when the environment asks for one");

  const ended = new Promise((closed) => app.once("close", closed));
  await workstation.run("xdotool", ["windowactivate", "--sync", window]);
  let exit = "still open";
  // The window manager may miss a key that is sent to it, so it is pressed again.
  for (let presses = 0; exit === "still open" && presses < 6; presses += 1) {
    await workstation.run("xdotool", ["key", "alt+F4"]).catch(() => {});
    exit = await Promise.race([ended, new Promise((timeout) => setTimeout(timeout, 5_000, "still open"))]);
  }
  assert.equal(exit, 0);
  const files = (folder) =>
    fs.readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.relative(workstation.root, path.join(entry.parentPath, entry.name)));
  const left = [workstation.home, workstation.temp].flatMap(files).filter((name) => WEB_DATA.test(name) && !EMPTY.test(name));
  assert.deepEqual(left, [], "web data");
  assert.deepEqual(fs.readdirSync(workstation.root).filter((name) => name.startsWith("core")), []);
  report("after closing, it leaves no web data behind");
}

/** Compares with the picture of the same screen by the journey `window`, if that has run. */
async function compareWithDriven(workstation, picture) {
  const driven = path.join(out, "window-lock-light.png");
  if (!fs.existsSync(driven)) return "not compared: the journey window has not run";
  const [width, height] = (await workstation.run("identify", ["-format", "%w %h", driven])).split(" ").map(Number);
  const options = ["-fuzz", "10%", "-metric", "AE", "-compare", "-format", "%[distortion]", "info:"];
  const differing = Number(await workstation.run("convert", [picture, driven, ...options])) / (width * height);
  assert.ok(differing < 0.02, `${(differing * 100).toFixed(1)} % of it differs from the lock screen of the build for the journeys`);
  return `${(differing * 100).toFixed(2)} % differs from the build for the journeys`;
}

/** Asks the driver for a session, as the journeys do. */
function newSession(port) {
  const body = JSON.stringify({ capabilities: { alwaysMatch: { browserName: "wry" } } });
  return new Promise((resolve, reject) => {
    const request = http.request({ port, host: "127.0.0.1", path: "/session", method: "POST", timeout: 10_000 }, (answer) => {
      let text = "";
      answer.on("data", (bytes) => {
        text += bytes;
      });
      answer.once("end", () => resolve({ status: answer.statusCode, body: text }));
    });
    request.once("timeout", () => resolve({ status: 504, body: "no answer" }));
    request.once("error", reject);
    request.end(body);
  });
}

fs.mkdirSync(out, { recursive: true });
onInterrupt(() => Workstation.closeAll());
const workstation = await Workstation.open("packaged");
let failure = null;
try {
  await smoke(workstation);
} catch (error) {
  failure = error;
  console.error(error);
  await workstation.screenshot(path.join(out, "packaged-failed.png")).catch(() => {});
  fs.cpSync(workstation.logs, path.join(out, "packaged-logs"), { recursive: true });
}
await workstation.close({ keep: process.env.CHARTKEEP_E2E_KEEP === "1" });
process.exit(failure ? 1 : 0);

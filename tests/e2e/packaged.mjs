// The package as a clinic gets it: unpacked into an empty folder, started on a workstation of its own, not driven.
//
// `node packaged.mjs FILE.deb`; the pictures go where those of the journeys go (target/e2e).
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Desk } from "./desk.mjs";
import { freePort, listening, until } from "./processes.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const out = path.resolve(process.env.CHARTKEEP_E2E_OUT ?? path.join(root, "target/e2e"));
const [deb] = process.argv.slice(2);
if (!deb) {
  console.error("usage: node packaged.mjs FILE.deb");
  process.exit(2);
}

/** The folder that only a driven build keeps web data in, as its source names it, and a person of the tests. */
const NOT_SHIPPED = ["chartkeep-e2e-web-view", "Okafor"];
/** What a web engine that keeps anything writes below the home folder. */
const WEB_DATA = /webkit|web-view|webcache|storage|cookie|indexeddb|hsts|org\.chartkeep|chartkeep-desktop/i;
/** The frame makes a store that no page uses, as the page's own leaves nothing on disk: random salts and an empty list. */
const EMPTY = /^home\/\.local\/share\/org\.chartkeep\.desktop\/(.*\/salt|hsts-storage\.sqlite.*)$/;

async function smoke(desk) {
  const tree = path.join(desk.root, "installed");
  const installed = (name) => path.join(tree, name);
  const began = Date.now();
  const said = (what) => console.log(`  ok   ${String(Date.now() - began).padStart(6)} ms  packaged: ${what}`);

  const listed = (await desk.run("dpkg-deb", ["-c", deb])).trim().split("\n").map((line) => line.split(/\s+/));
  assert.deepEqual(listed.filter((line) => line[1] !== "root/root" || /s/.test(line[0].slice(0, 10))), [], "root's, none setuid");
  await desk.run("dpkg-deb", ["-x", deb, tree]);
  for (const name of ["usr/bin/chartkeep", "usr/bin/chartkeep-desktop", "usr/share/doc/chartkeep/copyright"]) {
    assert.ok(fs.existsSync(installed(name)), name);
  }
  const entry = fs.readFileSync(installed("usr/share/applications/org.chartkeep.desktop.desktop"), "utf8");
  const icon = /^Icon=(.+)$/m.exec(entry)[1];
  assert.ok(fs.existsSync(installed(`usr/bin/${/^Exec=(\S+)$/m.exec(entry)[1]}`)));
  assert.ok(fs.existsSync(installed(`usr/share/icons/hicolor/128x128/apps/${icon}.png`)));
  said("it holds the programs, the licence, the menu entry and its icon");

  assert.ok(fs.readFileSync(path.join(root, "src-tauri/src/web_view.rs"), "utf8").includes(NOT_SHIPPED[0]));
  for (const name of ["chartkeep", "chartkeep-desktop"]) {
    const bytes = fs.readFileSync(installed(`usr/bin/${name}`));
    assert.deepEqual(NOT_SHIPPED.filter((words) => bytes.includes(words)), [], name);
  }
  said("nothing in the programs is only for tests");

  const profile = path.join(desk.home, "profile");
  const doctor = JSON.parse(await desk.run(installed("usr/bin/chartkeep"), ["doctor", "--json", "--profile", profile]));
  assert.deepEqual([doctor.ok, doctor.keychain], [true, "ready"], JSON.stringify(doctor));
  said("chartkeep doctor answers");

  const [inspector, driver] = [await freePort(), await freePort()];
  const asked = { TAURI_WEBVIEW_AUTOMATION: "true", WEBKIT_INSPECTOR_SERVER: `127.0.0.1:${inspector}` };
  const app = desk.processes.start("app", installed("usr/bin/chartkeep-desktop"), ["--profile", profile], {
    env: { ...desk.env, ...asked },
  });
  const window = await until("the window", 20_000, () =>
    desk.run("xdotool", ["search", "--onlyvisible", "--name", "^Chartkeep$"]).then((ids) => ids.trim().split("\n").at(-1)),
  );
  const picture = path.join(out, "packaged-lock.png");
  await until("the lock screen to be drawn", 20_000, async () => {
    await desk.run("import", ["-window", window, picture]);
    // An empty page has a handful of colours; words and buttons, smoothed, have many.
    return Number(await desk.run("identify", ["-format", "%k", picture])) > 60;
  });
  // Until its own fonts are there it is set in others.
  const likeness = await until("it to look as in the driven build", 20_000, async () => {
    await desk.run("import", ["-window", window, picture]);
    return sameAsDriven(desk, picture);
  });
  said(`the lock screen stands: ${path.relative(root, picture)} (${likeness})`);

  await assert.rejects(listening(inspector, 1_000), /waited/, "nothing listens for an inspector");
  desk.processes.start("webdriver", "WebKitWebDriver", [`--port=${driver}`, `--target=127.0.0.1:${inspector}`], { env: desk.env });
  await listening(driver);
  const session = await newSession(driver);
  assert.ok(session.status >= 400 && !session.body.includes("sessionId"), `${session.status} ${session.body}`);
  said("a driver is refused, also when the environment asks for it");

  const ended = new Promise((closed) => app.once("close", closed));
  await desk.run("xdotool", ["windowactivate", "--sync", window]);
  await desk.run("xdotool", ["key", "alt+F4"]);
  assert.equal(await Promise.race([ended, new Promise((late) => setTimeout(late, 5_000, "still open"))]), 0);
  const files = (folder) =>
    fs.readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.relative(desk.root, path.join(entry.parentPath, entry.name)));
  const left = [desk.home, desk.temp].flatMap(files).filter((name) => WEB_DATA.test(name) && !EMPTY.test(name));
  assert.deepEqual(left, [], "web data");
  assert.deepEqual(fs.readdirSync(desk.root).filter((name) => name.startsWith("core")), []);
  said("closed, it leaves nothing of any page behind");
}

/** Beside the picture that the journey `window` took of the same screen in the driven build, where that has run. */
async function sameAsDriven(desk, picture) {
  const driven = path.join(out, "window-lock-light.png");
  if (!fs.existsSync(driven)) return "not compared, as the journey window has not run";
  const [width, height] = (await desk.run("identify", ["-format", "%w %h", driven])).split(" ").map(Number);
  const how = ["-fuzz", "10%", "-metric", "AE", "-compare", "-format", "%[distortion]", "info:"];
  const differing = Number(await desk.run("convert", [picture, driven, ...how])) / (width * height);
  assert.ok(differing < 0.02, `${(differing * 100).toFixed(1)} % of it differs from the driven build's lock screen`);
  return `${(differing * 100).toFixed(2)} % differs from the driven build's`;
}

/** Asks the driver for a session as the journeys do. */
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
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, async () => {
    await Desk.closeAll();
    process.exit(130);
  });
}
const desk = await Desk.open("packaged");
let failure = null;
try {
  await smoke(desk);
} catch (error) {
  failure = error;
  console.error(error);
  await desk.picture(path.join(out, "packaged-failed.png")).catch(() => {});
  fs.cpSync(desk.logs, path.join(out, "packaged-logs"), { recursive: true });
}
await desk.close({ keep: process.env.CHARTKEEP_E2E_KEEP === "1" });
process.exit(failure ? 1 : 0);

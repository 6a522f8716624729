// The window of a workstation without enrolled people: it shows the lock screen and confines its page, and locking
// replaces the process.
import assert from "node:assert/strict";
import path from "node:path";
import { PageDriver } from "../page-driver.mjs";
import { isRunning, until } from "../processes.mjs";

export default async function window(journey) {
  const step = journey.step.bind(journey);
  const { workstation } = journey;
  const app = await step("the window opens and can be driven", () => journey.openApp());
  const page = new PageDriver(app);

  await step("the lock screen lists no people", async () => {
    const { ok, failed } = await app.invoke("lock_screen");
    assert.equal(failed, undefined);
    assert.deepEqual([ok.users, ok.blocked, ok.keychain], [[], null, "ready"]);
    await page.find("main, #root > *");
  });
  await step("the lock screen is accessible in both themes", () => journey.screen("welcome"));
  await step("the real window is on the screen", () => workstation.screenshot(path.join(journey.out, "window-screen.png")));

  await step("no session is open", async () => {
    const { failed } = await app.invoke("session");
    assert.equal(failed.code, "locked");
  });
  await step("an unknown command never leaves the page", async () => {
    for (const name of ["plugin:window|create", "plugin:event|emit", "plugin:webview|create_webview", "open_db"]) {
      const { ok, failed } = await app.invoke(name, { options: { label: "x" }, event: "x" });
      assert.equal(ok, undefined, name);
      assert.match(String(failed), /blocked_by_isolation|not allowed|not found/, name);
    }
  });
  await step("the page cannot load, connect or evaluate anything foreign", async () => {
    const results = await app.driver.executeAsyncScript(`
      const done = arguments[0];
      const out = {};
      try { out.eval = (0, eval)("1 + 1"); } catch (e) { out.eval = e.name; }
      out.frozen = Object.isFrozen(Object.prototype);
      out.tauri = typeof window.__TAURI__;
      const image = new Promise((r) => { const i = new Image(); i.onload = () => r("loaded"); i.onerror = () => r("blocked"); i.src = "http://127.0.0.1:9/x.png"; });
      const call = fetch("http://127.0.0.1:9/").then(() => "connected", () => "blocked");
      Promise.all([image, call]).then(([i, f]) => { out.image = i; out.fetch = f; done(out); });`);
    assert.deepEqual(results, { eval: "EvalError", frozen: true, tauri: "undefined", image: "blocked", fetch: "blocked" });
    // These violations were intended: they must have been reported, and do not count.
    const reported = await app.driver.executeScript("return window.__violations.splice(0)");
    assert.ok(reported.some((v) => v.startsWith("img-src")) && reported.some((v) => v.startsWith("connect-src")), reported.join());
  });
  await step("the page cannot leave its own origin", async () => {
    await app.driver.executeScript("location.href = 'http://127.0.0.1:9/'");
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.match(await app.driver.getCurrentUrl(), /^tauri:\/\/localhost/);
  });

  await step("a second start is refused with its own exit code", async () => {
    const refused = await workstation.run(journey.binary, ["--profile", app.profile]).then(
      () => null,
      (error) => error,
    );
    assert.equal(refused?.code, 6);
  });

  const geometry = await step("the window has a position and size", () => windowGeometry(workstation));
  for (const round of [1, 2]) {
    await step(`lock ${round} replaces the process`, async () => {
      const before = app.commandLine();
      const times = await app.reattach(() => app.invoke("lock", { request: { cause: "user" } }));
      const after = app.commandLine();
      assert.equal(before.includes("--locked"), round > 1);
      assert.ok(after.includes("--locked") && after.includes("--lock-fd"), after.join(" "));
      assert.ok(!after.includes("--secret-fd"), "no session was open, so there is nothing to resume");
      assert.deepEqual(app.children().filter((c) => !isRunning(c.pid)), [], "the processes that the old image ended are reaped");
      console.log(`       old engine gone after ${times.gone} ms, driven again after ${times.attached} ms`);
    });
    await step(`the lock screen is back after lock ${round}`, async () => {
      assert.equal((await app.invoke("lock_screen")).ok.users.length, 0);
      await page.find("main, #root > *");
      assert.deepEqual(await windowGeometry(workstation), geometry);
    });
  }
  await step("the profile is still locked", async () => {
    const refused = await workstation.run(journey.binary, ["--profile", app.profile]).catch((error) => error);
    assert.equal(refused.code, 6);
  });
  await step("no violation of the content security policy", () => journey.noViolations());
  await step("closing the window ends the program", async () => {
    const ended = new Promise((resolve) => app.child.once("close", resolve));
    const engine = app.children().map((c) => c.pid);
    await workstation.run("xdotool", ["search", "--onlyvisible", "--name", "^Chartkeep$", "windowactivate", "--sync"]);
    await workstation.run("xdotool", ["key", "alt+F4"]);
    assert.equal(await Promise.race([ended, new Promise((timeout) => setTimeout(timeout, 5_000, "still open"))]), 0);
    await until("the web engine to end", 2_000, () => engine.every((pid) => !isRunning(pid)));
  });
}

async function windowGeometry(workstation) {
  const found = await workstation.run("xdotool", ["search", "--onlyvisible", "--name", "^Chartkeep$"]);
  return workstation.run("xdotool", ["getwindowgeometry", "--shell", found.trim().split("\n").at(-1)]).then((text) =>
    text.split("\n").filter((line) => /^(X|Y|WIDTH|HEIGHT)=/.test(line)),
  );
}

// The window of a workstation nobody is enrolled on: it shows the lock screen, confines its page, and lock replaces
// the process.
import assert from "node:assert/strict";
import path from "node:path";
import { alive, until } from "../processes.mjs";

export default async function window(journey) {
  const { step, desk } = { step: journey.step.bind(journey), desk: journey.desk };
  const app = await step("the window opens and can be driven", () => journey.openApp());

  await step("the lock screen knows nobody", async () => {
    const { ok, failed } = await app.invoke("lock_screen");
    assert.equal(failed, undefined);
    assert.deepEqual([ok.users, ok.blocked, ok.keychain], [[], null, "ready"]);
    await app.find("main, #root > *");
  });
  await step("the lock screen reads well in both themes", () => journey.screen("welcome"));
  await step("the real window shows it", () => desk.picture(path.join(journey.out, "window-screen.png")));

  await step("no session is open", async () => {
    const { failed } = await app.invoke("session");
    assert.equal(failed.code, "locked");
  });
  await step("a command that is not ours never leaves the page", async () => {
    for (const name of ["plugin:window|create", "plugin:event|emit", "plugin:webview|create_webview", "open_db"]) {
      const { ok, failed } = await app.invoke(name, { options: { label: "x" }, event: "x" });
      assert.equal(ok, undefined, name);
      assert.match(String(failed), /blocked_by_isolation|not allowed|not found/, name);
    }
  });
  await step("the page cannot load, connect or evaluate anything foreign", async () => {
    const tried = await app.driver.executeAsyncScript(`
      const done = arguments[0];
      const out = {};
      try { out.eval = (0, eval)("1 + 1"); } catch (e) { out.eval = e.name; }
      out.frozen = Object.isFrozen(Object.prototype);
      out.tauri = typeof window.__TAURI__;
      const image = new Promise((r) => { const i = new Image(); i.onload = () => r("loaded"); i.onerror = () => r("blocked"); i.src = "http://127.0.0.1:9/x.png"; });
      const call = fetch("http://127.0.0.1:9/").then(() => "connected", () => "blocked");
      Promise.all([image, call]).then(([i, f]) => { out.image = i; out.fetch = f; done(out); });`);
    assert.deepEqual(tried, { eval: "EvalError", frozen: true, tauri: "undefined", image: "blocked", fetch: "blocked" });
    // These were meant to violate the policy; they must have been noticed, and do not count.
    const noticed = await app.driver.executeScript("return window.__violations.splice(0)");
    assert.ok(noticed.some((v) => v.startsWith("img-src")) && noticed.some((v) => v.startsWith("connect-src")), noticed.join());
  });
  await step("the page cannot leave its own origin", async () => {
    await app.driver.executeScript("location.href = 'http://127.0.0.1:9/'");
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.match(await app.driver.getCurrentUrl(), /^tauri:\/\/localhost/);
  });

  await step("a second start is refused and says so", async () => {
    const refused = await desk.run(journey.binary, ["--profile", app.profile]).then(
      () => null,
      (error) => error,
    );
    assert.equal(refused?.code, 6);
  });

  const place = await step("the window has a place", () => windowPlace(desk));
  for (const round of [1, 2]) {
    await step(`lock ${round} replaces the process`, async () => {
      const before = app.image();
      const times = await app.reattach(() => app.invoke("lock", { request: { cause: "user" } }));
      const after = app.image();
      assert.equal(before.includes("--locked"), round > 1);
      assert.ok(after.includes("--locked") && after.includes("--lock-fd"), after.join(" "));
      assert.ok(!after.includes("--secret-fd"), "nobody was unlocked, so there is nothing to resume");
      assert.deepEqual(app.children().filter((c) => !alive(c.pid)), [], "what the old image killed is reaped");
      console.log(`       old engine gone after ${times.gone} ms, driven again after ${times.attached} ms`);
    });
    await step(`the lock screen is back after lock ${round}`, async () => {
      assert.equal((await app.invoke("lock_screen")).ok.users.length, 0);
      await app.find("main, #root > *");
      assert.deepEqual(await windowPlace(desk), place);
    });
  }
  await step("the profile is still held", async () => {
    const refused = await desk.run(journey.binary, ["--profile", app.profile]).catch((error) => error);
    assert.equal(refused.code, 6);
  });
  await step("no violation of the content security policy", () => journey.noViolations());
  await step("closing the window ends the program", async () => {
    const ended = new Promise((resolve) => app.child.once("close", resolve));
    const engine = app.children().map((c) => c.pid);
    await desk.run("xdotool", ["search", "--onlyvisible", "--name", "^Chartkeep$", "windowactivate", "--sync"]);
    await desk.run("xdotool", ["key", "alt+F4"]);
    assert.equal(await Promise.race([ended, new Promise((late) => setTimeout(late, 5_000, "still open"))]), 0);
    await until("the web engine to end", 2_000, () => engine.every((pid) => !alive(pid)));
  });
}

async function windowPlace(desk) {
  const found = await desk.run("xdotool", ["search", "--onlyvisible", "--name", "^Chartkeep$"]);
  return desk.run("xdotool", ["getwindowgeometry", "--shell", found.trim().split("\n").at(-1)]).then((text) =>
    text.split("\n").filter((line) => /^(X|Y|WIDTH|HEIGHT)=/.test(line)),
  );
}

// The real program in its real window, driven through WebKit's own driver.
//
// Locking replaces the process, which ends the driver's session: `reattach` locks and starts a new session.
import fs from "node:fs";
import path from "node:path";
import { Builder, Capabilities, Key } from "selenium-webdriver";
import { freePort, until, waitForPort } from "./processes.mjs";
import { automationEnv, startWebDriver } from "./web-driver.mjs";

/** Collects policy violations in the page, including earlier ones where the engine has kept them. */
const COLLECT_VIOLATIONS = `
  if (!window.__violations) {
    window.__violations = [];
    const add = (v) => window.__violations.push(v.effectiveDirective + " " + (v.blockedURI ?? v.blockedURL ?? ""));
    document.addEventListener("securitypolicyviolation", add);
    if (window.ReportingObserver) {
      new ReportingObserver((reports) => reports.forEach((r) => add(r.body)), { types: ["csp-violation"], buffered: true }).observe();
    }
  }`;

export class App {
  /** Starts the program on a profile of the workstation and attaches to it. */
  static async open(workstation, { binary, profile = path.join(workstation.home, "profile"), env = {} }) {
    const app = new App();
    app.processes = workstation.processes;
    app.profile = profile;
    app.violations = [];
    const [inspector, port] = [await freePort(), await freePort()];
    app.child = app.processes.start("app", binary, ["--profile", profile], {
      env: { ...workstation.env, ...env, ...automationEnv(inspector) },
    });
    app.pid = app.child.pid;
    await waitForPort(inspector);
    const options = ["--replace-on-new-session"];
    app.webDriver = await startWebDriver(app.processes, { env: workstation.env, port, inspector, options });
    app.server = `http://127.0.0.1:${port}/`;
    await app.attach();
    return app;
  }

  /** Starts a driver session with the process image that is running now. */
  async attach(limit = 15_000) {
    this.driver = await until("the window to be driven", limit, async () => {
      const driver = await new Builder()
        .withCapabilities(new Capabilities().setBrowserName("wry"))
        .usingServer(this.server)
        .build();
      // A session may still have caught the old page just before it went away.
      const url = await driver.getCurrentUrl();
      return url.startsWith("tauri://") && driver;
    });
    await this.driver.manage().setTimeouts({ script: 20_000, implicit: 0 });
    await this.driver.executeScript(COLLECT_VIOLATIONS);
  }

  /** The command line of the running image: after a lock it ends in --locked and the descriptors handed over. */
  commandLine() {
    return fs.readFileSync(`/proc/${this.pid}/cmdline`, "utf8").split("\0").filter(Boolean);
  }

  /** The processes that the program started, by id and name. */
  children() {
    const read = (pid) => fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return read(this.pid)
      .split(" ")
      .filter(Boolean)
      .map((pid) => ({ pid: Number(pid), name: fs.readFileSync(`/proc/${pid}/comm`, "utf8").trim() }));
  }

  /**
   * Runs `act`, which locks within `limit` ms, waits until the old web engine has ended and attaches to the new one.
   * Returns milliseconds: `gone` until the old engine had ended, `attached` until the new one could be driven.
   */
  async reattach(act, limit = 5_000) {
    await this.readViolations();
    const old = this.children().map((c) => c.pid);
    const start = Date.now();
    // The lock itself may cut off the answer.
    await act().catch(() => {});
    await until("the old web engine to end", limit, () => old.every((pid) => !fs.existsSync(`/proc/${pid}`)));
    const gone = Date.now() - start;
    await this.attach();
    return { gone, attached: Date.now() - start };
  }

  /** Calls a command as the page would; returns {ok} or {failed}. */
  invoke(name, args = {}) {
    return this.driver.executeAsyncScript(
      `const [name, args, done] = arguments;
       window.__TAURI_INTERNALS__.invoke(name, args).then((ok) => done({ ok }), (failed) => done({ failed }));`,
      name,
      args,
    );
  }

  /** Waits until fonts are loaded, transitions have ended and two frames have been drawn. */
  waitForPaint() {
    return this.driver.executeAsyncScript(`
      const done = arguments[0];
      const frame = () => new Promise((next) => requestAnimationFrame(next));
      const animations = () => Promise.allSettled(document.getAnimations().map((a) => a.finished));
      document.fonts.ready.then(frame).then(animations).then(frame).then(() => done());`);
  }

  /** Takes a picture of the page. */
  async screenshot(file) {
    await this.waitForPaint();
    // The driver waits for the next frame, and a page without changes draws none: move an invisible pixel.
    await this.driver.executeScript(`
      const pixel = document.body.appendChild(document.createElement("i"));
      pixel.setAttribute("aria-hidden", "true");
      Object.assign(pixel.style, { position: "fixed", right: 0, bottom: 0, width: "1px", height: "1px" });
      let at = 0;
      const moving = setInterval(() => { pixel.style.backgroundColor = "rgba(0, 0, 0, 0.00" + (1 + (at ^= 1)) + ")"; pixel.style.transform = "translateX(-" + at + "px)"; }, 16);
      window.__removePixel = () => { clearInterval(moving); pixel.remove(); };`);
    const picture = await this.driver.takeScreenshot();
    await this.driver.executeScript("window.__removePixel()");
    fs.writeFileSync(file, picture, "base64");
  }

  /** Shows the page in a theme, as the system's setting would. */
  async setTheme(name) {
    await this.driver.executeScript("document.documentElement.dataset.theme = arguments[0]", name);
    await this.waitForPaint();
  }

  /** Runs `act` in a window of `size`, such as `1366x768` or, zoomed to 200 %, `1366x768@200`. */
  async atSize(size, act) {
    const [, width, height, percent = "100"] = /^(\d+)x(\d+)(?:@(\d+))?$/.exec(size);
    const window = this.driver.manage().window();
    const before = await window.getRect();
    const steps = [100, 110, 125, 140, 150, 175, 200].indexOf(Number(percent));
    await window.setRect({ x: 0, y: 0, width: Number(width), height: Number(height) });
    const unzoomed = Number(width);
    await until("the window's size", 5_000, async () => (await this.#innerWidth()) === unzoomed);
    try {
      await this.#pressWithControl("=", steps);
      const zoomed = (unzoomed * 100) / Number(percent);
      await until("the zoom", 5_000, async () => Math.abs((await this.#innerWidth()) - zoomed) <= 1);
      await act();
    } finally {
      await this.#pressWithControl("-", steps);
      await until("the zoom to end", 5_000, async () => (await this.#innerWidth()) === unzoomed);
      await window.setRect(before);
    }
  }

  /** Width of the page in CSS pixels. */
  #innerWidth() {
    return this.driver.executeScript("return window.innerWidth");
  }

  async #pressWithControl(key, times) {
    const press = this.driver.actions().keyDown(Key.CONTROL);
    for (let n = 0; n < times; n += 1) press.sendKeys(key).pause(100);
    await press.keyUp(Key.CONTROL).perform();
  }

  /** All violations of the content security policy so far, in every process image of this run. */
  async readViolations() {
    this.violations.push(...(await this.driver.executeScript("return window.__violations.splice(0)")));
    return this.violations;
  }

  /** Ends the driver, then the program. */
  async close() {
    await this.processes.end(this.webDriver);
    await this.processes.end(this.child);
  }
}

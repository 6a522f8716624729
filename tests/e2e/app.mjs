// The real program in its real window, driven through WebKit's own driver.
//
// Lock replaces the process, which ends the driver's session: `lock` and `reattach` belong together.
import fs from "node:fs";
import path from "node:path";
import { Builder, By, Capabilities, Key } from "selenium-webdriver";
import { freePort, listening, until } from "./processes.mjs";

/** What the page reports to the driver: policy violations, from before it was attached where the engine keeps them. */
const LISTEN = `
  if (!window.__violations) {
    window.__violations = [];
    const keep = (v) => window.__violations.push(v.effectiveDirective + " " + (v.blockedURI ?? v.blockedURL ?? ""));
    document.addEventListener("securitypolicyviolation", keep);
    if (window.ReportingObserver) {
      new ReportingObserver((reports) => reports.forEach((r) => keep(r.body)), { types: ["csp-violation"], buffered: true }).observe();
    }
  }`;

export class App {
  /** Starts the program on a profile of the desk and attaches to it. */
  static async open(desk, { binary, profile = path.join(desk.home, "profile"), env = {} }) {
    const app = new App();
    app.desk = desk;
    app.profile = profile;
    app.violations = [];
    const [inspector, driver] = [await freePort(), await freePort()];
    app.child = desk.processes.start("app", binary, ["--profile", profile], {
      env: {
        ...desk.env,
        ...env,
        TAURI_WEBVIEW_AUTOMATION: "true",
        WEBKIT_INSPECTOR_SERVER: `127.0.0.1:${inspector}`,
      },
    });
    app.pid = app.child.pid;
    await listening(inspector);
    const args = [`--port=${driver}`, `--target=127.0.0.1:${inspector}`, "--replace-on-new-session"];
    app.webDriver = desk.processes.start("webdriver", "WebKitWebDriver", args, { env: desk.env });
    await listening(driver);
    app.server = `http://127.0.0.1:${driver}/`;
    await app.attach();
    return app;
  }

  /** A new session with the image that is running now. */
  async attach(limit = 15_000) {
    const began = Date.now();
    this.driver = await until("the window to be driven", limit, async () => {
      const driver = await new Builder()
        .withCapabilities(new Capabilities().setBrowserName("wry"))
        .usingServer(this.server)
        .build();
      // A session may still have caught the old page in its last moments.
      const url = await driver.getCurrentUrl();
      return url.startsWith("tauri://") && driver;
    });
    await this.driver.manage().setTimeouts({ script: 20_000, implicit: 0 });
    await this.driver.executeScript(LISTEN);
    return Date.now() - began;
  }

  /** The start time of the running image's window process; changes when exec replaced the image. */
  image() {
    // The command line is the image's own: after a lock it ends in --locked and the descriptors handed over.
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

  /** Runs `act`, which locks within `limit` ms, waits until the old web engine is gone and attaches to the new one. */
  async reattach(act, limit = 5_000) {
    await this.readViolations();
    const old = this.children().map((c) => c.pid);
    const began = Date.now();
    // The answer may be cut off by the lock itself.
    await act().catch(() => {});
    await until("the old web engine to end", limit, () => old.every((pid) => !fs.existsSync(`/proc/${pid}`)));
    const gone = Date.now() - began;
    await this.attach();
    return { gone, attached: Date.now() - began };
  }

  /** Calls a command as the page would; answers {ok} or {failed}. */
  invoke(name, args = {}) {
    return this.driver.executeAsyncScript(
      `const [name, args, done] = arguments;
       window.__TAURI_INTERNALS__.invoke(name, args).then((ok) => done({ ok }), (failed) => done({ failed }));`,
      name,
      args,
    );
  }

  /** Waits for an element. */
  find(css, limit = 10_000) {
    return until(css, limit, () => this.driver.findElement(By.css(css)));
  }

  /** Waits until the page shows a text. */
  text(words, limit = 10_000) {
    return until(`the words "${words}"`, limit, () =>
      this.driver.executeScript("return document.body.innerText.includes(arguments[0])", words),
    );
  }

  /** Waits until fonts are loaded, transitions have ended and two frames were drawn. */
  painted() {
    return this.driver.executeAsyncScript(`
      const done = arguments[0];
      const frame = () => new Promise((next) => requestAnimationFrame(next));
      const still = () => Promise.allSettled(document.getAnimations().map((a) => a.finished));
      document.fonts.ready.then(frame).then(still).then(frame).then(() => done());`);
  }

  /** A picture of the page. */
  async picture(file) {
    await this.painted();
    // The driver waits for the next frame, and a page that stands still draws none: move something nobody sees.
    await this.driver.executeScript(`
      const mote = document.body.appendChild(document.createElement("i"));
      mote.setAttribute("aria-hidden", "true");
      Object.assign(mote.style, { position: "fixed", right: 0, bottom: 0, width: "1px", height: "1px" });
      let at = 0;
      const moving = setInterval(() => { mote.style.backgroundColor = "rgba(0, 0, 0, 0.00" + (1 + (at ^= 1)) + ")"; mote.style.transform = "translateX(-" + at + "px)"; }, 16);
      window.__still = () => { clearInterval(moving); mote.remove(); };`);
    const picture = await this.driver.takeScreenshot();
    await this.driver.executeScript("window.__still()");
    fs.writeFileSync(file, picture, "base64");
  }

  /** Shows the page in a theme, as the system's setting would. */
  async theme(name) {
    await this.driver.executeScript("document.documentElement.dataset.theme = arguments[0]", name);
    await this.painted();
  }

  /** Does `act` in a window of `size`, such as `1366x768` or, zoomed to 200 %, `1366x768@200`. */
  async sized(size, act) {
    const [, width, height, percent = "100"] = /^(\d+)x(\d+)(?:@(\d+))?$/.exec(size);
    const window = this.driver.manage().window();
    const before = await window.getRect();
    // The program's own keys make everything larger by a fifth at a time.
    const steps = (Number(percent) - 100) / 20;
    await window.setRect({ x: 0, y: 0, width: Number(width), height: Number(height) });
    const unzoomed = Number(width);
    await until("the window's size", 5_000, async () => (await this.#width()) === unzoomed);
    try {
      await this.#chord("=", steps);
      const zoomed = (unzoomed * 100) / Number(percent);
      await until("the zoom", 5_000, async () => Math.abs((await this.#width()) - zoomed) <= 1);
      await act();
    } finally {
      await this.#chord("-", steps);
      await until("the zoom to end", 5_000, async () => (await this.#width()) === unzoomed);
      await window.setRect(before);
    }
  }

  /** Pixels of the page's own measure. */
  #width() {
    return this.driver.executeScript("return window.innerWidth");
  }

  async #chord(key, times) {
    const press = this.driver.actions().keyDown(Key.CONTROL);
    for (let n = 0; n < times; n += 1) press.sendKeys(key).pause(100);
    await press.keyUp(Key.CONTROL).perform();
  }

  /** Violations of the content security policy so far, all images of this run together. */
  async readViolations() {
    this.violations.push(...(await this.driver.executeScript("return window.__violations.splice(0)")));
    return this.violations;
  }

  /** Ends the program by its id, after the driver. */
  async close() {
    await this.desk.processes.end(this.webDriver);
    await this.desk.processes.end(this.child);
  }
}

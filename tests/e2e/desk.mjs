// A workstation of its own: display, window manager, session bus, keychain, home folder.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Processes, firstLine, until } from "./processes.mjs";

/** Width and height of the clinic laptop that the interface is designed at, with room for a title bar. */
const SCREEN = `${process.env.CHARTKEEP_E2E_SIZES ? "1920x1120" : "1366x800"}x24`;

/** logind's name for the session that the mock pretends. */
const SESSION = "c1";

export class Desk {
  /** Every desk that stands, so that an interrupted run leaves nothing behind. */
  static #standing = new Set();

  /** Ends and clears all of them. */
  static async closeAll(options) {
    await Promise.all([...Desk.#standing].map((desk) => desk.close(options)));
  }

  /** Opens a workstation for the journey `name`. */
  static async open(name) {
    const desk = new Desk();
    Desk.#standing.add(desk);
    desk.root = fs.mkdtempSync(path.join(os.tmpdir(), `chartkeep-e2e-${name}-`));
    const folder = (...parts) => {
      const made = path.join(desk.root, ...parts);
      fs.mkdirSync(made, { recursive: true, mode: 0o700 });
      return made;
    };
    desk.home = folder("home");
    desk.temp = folder("tmp");
    desk.logs = folder("logs");
    desk.processes = new Processes(desk.logs);
    desk.env = {
      PATH: process.env.PATH,
      LANG: process.env.LANG ?? "C.UTF-8",
      HOME: desk.home,
      TMPDIR: desk.temp,
      XDG_RUNTIME_DIR: folder("run"),
      XDG_SESSION_TYPE: "x11",
      // No accessibility bus: its helper processes would outlive the run.
      NO_AT_BRIDGE: "1",
      GTK_A11Y: "none",
      GDK_BACKEND: "x11",
    };
    // Without a render node WebKit's buffer sharing only costs memory.
    if (!fs.existsSync("/dev/dri/renderD128")) desk.env.WEBKIT_DISABLE_DMABUF_RENDERER = "1";
    try {
      await desk.#furnish();
    } catch (error) {
      await desk.close();
      throw error;
    }
    return desk;
  }

  async #furnish() {
    const { processes, env } = this;
    const screen = ["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"];
    const display = await firstLine(processes.start("xvfb", "Xvfb", screen, { env, pipe: true }), "Xvfb");
    env.DISPLAY = `:${display}`;
    const bus = processes.start("dbus", "dbus-daemon", ["--session", "--nofork", "--print-address=1"], { env, pipe: true });
    env.DBUS_SESSION_BUS_ADDRESS = await firstLine(bus, "dbus-daemon");
    // The machine's own system bus would lock the program whenever somebody locks the real screen.
    env.DBUS_SYSTEM_BUS_ADDRESS = env.DBUS_SESSION_BUS_ADDRESS;
    processes.start("openbox", "openbox", [], { env });
    const keyring = ["--unlock", "--components=secrets", "--foreground"];
    this.keyring = processes.start("keyring", "gnome-keyring-daemon", keyring, { env, input: "keyring password" });
    const ask = ["--session", "--dest=org.freedesktop.DBus", "--print-reply=literal", "/org/freedesktop/DBus"];
    ask.push("org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets");
    await until("the keychain", 20_000, async () => (await this.run("dbus-send", ask)).includes("true"));
  }

  /** Starts a logind that only pretends, with one session, which the program takes for its own. */
  async startLogind() {
    // Debian's Python has the mock; another one may come first in PATH.
    const mock = ["-m", "dbusmock", "--system", "--template", "logind"];
    this.processes.start("logind", "/usr/bin/python3", mock, { env: this.env });
    const session = [SESSION, "seat0", String(process.getuid()), "clinic", "true"];
    await until("logind", 20_000, async () => {
      await this.logind("", "org.freedesktop.DBus.Mock.AddSession", ...session);
      return true;
    });
    this.env.XDG_SESSION_ID = SESSION;
  }

  /** Calls a method of the pretended logind: of its manager (`""`) or of the session (`"session"`). */
  logind(part, method, ...args) {
    const at = `/org/freedesktop/login1${part === "session" ? `/session/${SESSION}` : ""}`;
    const call = ["call", "--system", "--dest", "org.freedesktop.login1", "--object-path", at, "--method", method];
    return this.run("gdbus", [...call, ...args]);
  }

  /** Runs a program of the workstation to its end and returns what it printed. */
  run(command, args, { input } = {}) {
    return new Promise((resolve, reject) => {
      const child = this.processes.start(path.basename(command), command, args, { env: this.env, pipe: true, input });
      let text = "";
      child.stdout.on("data", (bytes) => {
        text += bytes;
      });
      child.once("error", reject);
      child.once("close", (code) => {
        if (code === 0) resolve(text);
        else reject(Object.assign(new Error(`${command} ended with ${code}`), { code, text }));
      });
    });
  }

  /** A picture of the whole screen, as a person would see it. */
  async picture(file) {
    await this.run("import", ["-window", "root", file]);
  }

  /** Ends what was started; keeps the folder when asked, for its logs. */
  async close({ keep = false } = {}) {
    await this.processes.endAll();
    Desk.#standing.delete(this);
    if (keep) return this.root;
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    return null;
  }
}

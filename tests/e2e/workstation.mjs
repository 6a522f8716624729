// A separate workstation for one journey: display, window manager, session bus, keychain, home folder.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Processes, until } from "./processes.mjs";
import { startDisplay, startKeychain } from "./desktop-environment.mjs";

/** Width and height of the clinic laptop that the interface is designed for, plus a title bar. */
const SCREEN = process.env.CHARTKEEP_E2E_SIZES ? "1920x1120" : "1366x800";

/** logind's name for the session of the mock. */
const SESSION = "c1";

export class Workstation {
  /** All open workstations, so that an interrupted run leaves nothing behind. */
  static #open = new Set();

  /** Closes all of them. */
  static async closeAll(options) {
    await Promise.all([...Workstation.#open].map((workstation) => workstation.close(options)));
  }

  /** Opens a workstation for the journey `name`. */
  static async open(name) {
    const workstation = new Workstation();
    Workstation.#open.add(workstation);
    workstation.root = fs.mkdtempSync(path.join(os.tmpdir(), `chartkeep-e2e-${name}-`));
    const folder = (...parts) => {
      const created = path.join(workstation.root, ...parts);
      fs.mkdirSync(created, { recursive: true, mode: 0o700 });
      return created;
    };
    workstation.home = folder("home");
    workstation.temp = folder("tmp");
    workstation.logs = folder("logs");
    workstation.processes = new Processes(workstation.logs);
    workstation.env = {
      PATH: process.env.PATH,
      LANG: process.env.LANG ?? "C.UTF-8",
      HOME: workstation.home,
      TMPDIR: workstation.temp,
      XDG_RUNTIME_DIR: folder("run"),
      XDG_SESSION_TYPE: "x11",
    };
    try {
      await workstation.#startServices();
    } catch (error) {
      await workstation.close();
      throw error;
    }
    return workstation;
  }

  async #startServices() {
    await startDisplay(this.processes, this.env, SCREEN);
    this.keyring = await startKeychain(this.processes, this.env, "keyring password");
    // On the machine's own system bus the program would lock whenever someone locks the real screen.
    this.env.DBUS_SYSTEM_BUS_ADDRESS = this.env.DBUS_SESSION_BUS_ADDRESS;
  }

  /** Starts a mock of logind with one session, which the program takes for its own. */
  async startLogind() {
    // Debian's Python has the mock; another Python may come first in PATH.
    const mock = ["-m", "dbusmock", "--system", "--template", "logind"];
    this.processes.start("logind", "/usr/bin/python3", mock, { env: this.env });
    const session = [SESSION, "seat0", String(process.getuid()), "clinic", "true"];
    await until("logind", 20_000, async () => {
      await this.logind("", "org.freedesktop.DBus.Mock.AddSession", ...session);
      return true;
    });
    this.env.XDG_SESSION_ID = SESSION;
  }

  /** Calls a method of the mock: of its manager (`""`) or of the session (`"session"`). */
  logind(part, method, ...args) {
    const object = `/org/freedesktop/login1${part === "session" ? `/session/${SESSION}` : ""}`;
    const call = ["call", "--system", "--dest", "org.freedesktop.login1", "--object-path", object, "--method", method];
    return this.run("gdbus", [...call, ...args]);
  }

  /** Runs a program on the workstation to its end and returns its standard output. */
  run(command, args, { input } = {}) {
    return this.processes.run(command, args, { env: this.env, input });
  }

  /** Takes a picture of the whole screen. */
  async screenshot(file) {
    await this.run("import", ["-window", "root", file]);
  }

  /** Ends what was started; with `keep`, leaves the folder and returns its path. */
  async close({ keep = false } = {}) {
    await this.processes.endAll();
    Workstation.#open.delete(this);
    if (keep) return this.root;
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    return null;
  }
}

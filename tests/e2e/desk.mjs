// A workstation of its own: display, window manager, session bus, keychain, home folder.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Processes, firstLine, until } from "./processes.mjs";

/** Width and height of the clinic laptop that the interface is designed at, with room for a title bar. */
const SCREEN = "1366x800x24";

export class Desk {
  /** Opens a workstation for the journey `name`. */
  static async open(name) {
    const desk = new Desk();
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
    processes.start("openbox", "openbox", [], { env });
    const keyring = ["--unlock", "--components=secrets", "--foreground"];
    this.keyring = processes.start("keyring", "gnome-keyring-daemon", keyring, { env, input: "keyring password" });
    const ask = ["--session", "--dest=org.freedesktop.DBus", "--print-reply=literal", "/org/freedesktop/DBus"];
    ask.push("org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets");
    await until("the keychain", 20_000, async () => (await this.run("dbus-send", ask)).includes("true"));
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
    if (keep) return this.root;
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    return null;
  }
}

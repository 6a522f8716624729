// The main job once, in the real window on a virtual display, with a line for each thing that a person would notice.
import fs from "node:fs";
import path from "node:path";
import { Key } from "selenium-webdriver";
import { App } from "./app.mjs";
import { Hands } from "./hands.mjs";
import { firstLine, until } from "./processes.mjs";

const NOTE = "Dressing changed, wound clean and dry. Comes again on Thursday.";
const VITALS = { Systolic: "128", Diastolic: "82", Pulse: "76", Temperature: "36,8", Respiration: "16", "SpO₂": "98" };

export class Tour {
  #shown = 0;
  #began = Date.now();

  /** `clinic` answers people and codes and can stop and start its server; pictures go to `pictures`. */
  constructor({ clinic, programs, env, home, profile, window, pictures }) {
    Object.assign(this, { clinic, programs, env, home, profile, window, pictures });
    fs.rmSync(pictures, { recursive: true, force: true });
    fs.mkdirSync(pictures, { recursive: true });
  }

  /** Walks; ends when the window is locked and closed. */
  async walk() {
    await this.#display();
    const desk = { processes: this.programs, env: this.env, home: this.home };
    this.app = await App.open(desk, { binary: this.window, profile: this.profile });
    this.hands = new Hands(this.app);
    try {
      await this.#unlock();
      await this.#look();
      await this.#work();
      await this.#leave();
    } catch (error) {
      // What the window showed says more than the stack.
      await this.#picture("failed").catch(() => {});
      throw error;
    }
  }

  async #display() {
    const screen = ["-displayfd", "1", "-screen", "0", "1366x800x24", "-nolisten", "tcp", "-noreset"];
    const display = await firstLine(this.programs.start("xvfb", "Xvfb", screen, { env: this.env, pipe: true }), "Xvfb");
    Object.assign(this.env, { DISPLAY: `:${display}`, GDK_BACKEND: "x11", NO_AT_BRIDGE: "1", GTK_A11Y: "none" });
    // Without a render node WebKit's buffer sharing only costs memory.
    if (!fs.existsSync("/dev/dri/renderD128")) this.env.WEBKIT_DISABLE_DMABUF_RENDERER = "1";
    this.programs.start("openbox", "openbox", [], { env: this.env });
  }

  async #unlock() {
    const { hands, clinic } = this;
    await hands.see(clinic.person("amara").name);
    await this.#tell("the window stands at the lock screen of the demo clinic", "lock");
    await hands.unlock(clinic, "amara");
    await this.#tell("Nurse Amara unlocks with her password and a one-time code");
    const chip = await hands.synced(120_000);
    await this.#tell(`the first sync has ended: complete as of ${chip.complete}`, "home");
  }

  async #look() {
    const { hands } = this;
    const [words, rows] = await this.#find();
    await hands.search(words);
    const names = rows.map((row) => `${row.family}, ${row.given}`);
    await this.#tell(`the search for “${words}” finds ${names.join("; ")}`, "search");
    const [patient] = rows;
    await this.clinic.stop();
    await this.#tell("the network goes down: the clinic's server is stopped");
    await hands.openChart(words, patient.number);
    await this.#tell(`the chart of ${names[0]} opens without it`, "chart");
  }

  /** The beginning of a name that somebody in these records has, typed without its accents. */
  async #find() {
    for (const query of ["gonz", "trevino", "mar"]) {
      const { ok } = await this.app.invoke("search_patients", { request: { query, offset: 0, limit: 5 } });
      if (ok.rows.length > 0) return [query, ok.rows];
    }
    throw new Error("the records hold nobody whose name begins with gonz, trevino or mar");
  }

  async #work() {
    const { hands, app } = this;
    await hands.press("Record vitals");
    for (const [label, value] of Object.entries(VITALS)) await hands.type(label, value);
    await (await hands.field("Consciousness")).sendKeys("Alert");
    await until("the score", 10_000, async () => /NEWS2 \d+ · /.test(await hands.read()));
    const score = /NEWS2 \d+ · \w+/.exec(await hands.read())[0];
    await this.#picture("vitals");
    await hands.press("Save");
    await hands.see("Vitals saved on this workstation");
    await this.#tell(`vitals are saved on the workstation (${score})`);
    await hands.press("Write a note");
    await hands.type("Note", NOTE);
    await hands.see("Draft saved");
    await hands.keys(Key.CONTROL, Key.ENTER);
    await hands.see("Note signed and saved on this workstation");
    await hands.press("Notes");
    await hands.see("Not sent yet");
    await this.#tell("a note is drafted, signed and marked “Not sent yet”", "note");
    await this.clinic.start();
    await this.#tell("the network is back");
    await until("the sync to end clear", 90_000, async () => {
      const { ok } = await app.invoke("sync_chip");
      if (ok.state !== "running" && (ok.pending > 0 || ok.state !== "idle")) await app.invoke("sync_now");
      return ok.state === "idle" && ok.pending === 0;
    });
    await hands.press("Sync");
    await hands.see("Everything is on the server.");
    await this.#tell("everything is on the server", "sync");
  }

  async #leave() {
    const { gone } = await this.hands.lock();
    await this.hands.see(this.clinic.person("amara").name);
    await this.hands.see("Synced ");
    await this.#tell(`Ctrl+L locks: the process that held her records was gone after ${gone} ms`, "locked");
    const violations = await this.app.readViolations();
    if (violations.length > 0) throw new Error(`content security policy: ${violations.join(", ")}`);
    await this.app.close();
  }

  async #tell(words, picture) {
    console.log(`  ${((Date.now() - this.#began) / 1000).toFixed(1).padStart(6)} s  ${words}`);
    if (picture) await this.#picture(picture);
  }

  async #picture(name) {
    this.#shown += 1;
    await this.app.picture(path.join(this.pictures, `${String(this.#shown).padStart(2, "0")}-${name}.png`));
  }
}

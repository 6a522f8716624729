// The main workflow once, in the real window on a virtual display, with a printed line for each visible result.
import fs from "node:fs";
import path from "node:path";
import { Key } from "selenium-webdriver";
import { App } from "./app.mjs";
import { PageDriver } from "./page-driver.mjs";
import { until } from "./processes.mjs";
import { startDisplay } from "./desktop-environment.mjs";

const NOTE = "Dressing changed, wound clean and dry. Comes again on Thursday.";
const VITALS = { Systolic: "128", Diastolic: "82", Pulse: "76", Temperature: "36,8", Respiration: "16", "SpO₂": "98" };

export class Tour {
  #pictureCount = 0;
  #start = Date.now();

  /** `clinic` provides people and codes and can stop and start its server; pictures go to the folder `pictures`. */
  constructor({ clinic, processes, env, home, profile, binary, pictures }) {
    Object.assign(this, { clinic, processes, env, home, profile, binary, pictures });
    fs.rmSync(pictures, { recursive: true, force: true });
    fs.mkdirSync(pictures, { recursive: true });
  }

  /** Runs the tour; at the end the window is locked and closed. */
  async run() {
    await startDisplay(this.processes, this.env, "1366x800");
    this.app = await App.open(this, { binary: this.binary, profile: this.profile });
    this.page = new PageDriver(this.app);
    try {
      await this.#unlock();
      await this.#findPatient();
      await this.#recordVisit();
      await this.#lock();
    } catch (error) {
      // The window often says more than the stack.
      await this.#picture("failed").catch(() => {});
      throw error;
    }
  }

  async #unlock() {
    const { page, clinic } = this;
    await page.waitForText(clinic.person("amara").name);
    await this.#report("the window shows the lock screen of the demo clinic", "lock");
    await page.unlock(clinic, "amara");
    await this.#report("Nurse Amara unlocks with her password and a one-time code");
    const chip = await page.waitForSync(120_000);
    await this.#report(`the first sync has ended: complete to ${chip.complete}`, "home");
  }

  async #findPatient() {
    const { page } = this;
    const [query, rows] = await this.#queryWithResults();
    await page.search(query);
    const names = rows.map((row) => `${row.family}, ${row.given}`);
    await this.#report(`the search for “${query}” finds ${names.join("; ")}`, "search");
    const [patient] = rows;
    await this.clinic.stop();
    await this.#report("the network goes down: the clinic's server is stopped");
    await page.openChart(query, patient.number);
    await this.#report(`the chart of ${names[0]} opens without it`, "chart");
  }

  /** The start of a name that occurs in these records, typed without its accents. */
  async #queryWithResults() {
    for (const query of ["gonz", "trevino", "mar"]) {
      const { ok } = await this.app.invoke("search_patients", { request: { query, offset: 0, limit: 5 } });
      if (ok.rows.length > 0) return [query, ok.rows];
    }
    throw new Error("no patient in these records has a name that starts with gonz, trevino or mar");
  }

  async #recordVisit() {
    const { page } = this;
    await page.press("Record vitals");
    for (const [label, value] of Object.entries(VITALS)) await page.type(label, value);
    await (await page.field("Consciousness")).sendKeys("Alert");
    await (await page.field("Air or oxygen")).sendKeys("Air");
    await until("the score", 10_000, async () => /NEWS2 \d+ · /.test(await page.text()));
    const score = /NEWS2 \d+ · \w+/.exec(await page.text())[0];
    await this.#picture("vitals");
    await page.press("Save");
    await page.waitForText("Vitals saved on this workstation");
    await this.#report(`vitals are saved on the workstation (${score})`);
    await page.press("Write a note");
    await page.type("Note", NOTE);
    await page.waitForText("Draft saved");
    await page.pressKeys(Key.CONTROL, Key.ENTER);
    await page.waitForText("Note signed and saved on this workstation");
    await page.press("Notes and documents");
    await page.waitForText("Not sent yet");
    await this.#report("a note is drafted, signed and marked “Not sent yet”", "note");
    await this.clinic.start();
    await this.#report("the network is back");
    await page.sendAll();
    await page.press("Sync");
    await page.waitForText("Everything is on the server.");
    await this.#report("everything is on the server", "sync");
  }

  async #lock() {
    const { gone } = await this.page.lock();
    await this.page.waitForText(this.clinic.person("amara").name);
    await this.page.waitForText("Synced ");
    await this.#report(`Ctrl+L locks: the process that held her records was gone after ${gone} ms`, "locked");
    const violations = await this.app.readViolations();
    if (violations.length > 0) throw new Error(`content security policy: ${violations.join(", ")}`);
    await this.app.close();
  }

  async #report(text, picture) {
    console.log(`  ${((Date.now() - this.#start) / 1000).toFixed(1).padStart(6)} s  ${text}`);
    if (picture) await this.#picture(picture);
  }

  async #picture(name) {
    this.#pictureCount += 1;
    const number = String(this.#pictureCount).padStart(2, "0");
    await this.app.screenshot(path.join(this.pictures, `${number}-${name}.png`));
  }
}

// What a person does with the window: finds things by their words, presses, types, reads.
import { By, Key } from "selenium-webdriver";
import { until } from "./processes.mjs";

/** Finds what is named so and can be seen; runs in the page. */
const NAMED = `
  const [kinds, name, part] = arguments;
  const said = (e) => {
    const label = e.getAttribute("aria-label");
    if (label) return label;
    const copy = e.cloneNode(true);
    copy.querySelectorAll("[data-keys]").forEach((k) => k.remove());
    return copy.textContent.replace(/\\s+/g, " ").trim();
  };
  const fits = (e) => part ? said(e).includes(name) : said(e) === name;
  return [...document.querySelectorAll(kinds)].find((e) => e.getClientRects().length > 0 && fits(e)) ?? null;`;

const FIELD = `
  const [name] = arguments;
  const label = [...document.querySelectorAll("label")].find((l) => l.textContent.trim() === name);
  if (label) return label.control ?? null;
  return document.querySelector('input[aria-label="' + name + '"], textarea[aria-label="' + name + '"]');`;

const PRESSABLE = "button, a, [role=tab], [role=radio], [role=menuitem], label";

export class Hands {
  constructor(app) {
    this.app = app;
  }

  #named(kinds, name, part, limit) {
    return until(`“${name}”`, limit, () => this.app.driver.executeScript(NAMED, kinds, name, part));
  }

  /** Presses a button, link, tab or choice by its whole name, or by a part of it. */
  async press(name, { part = false, limit = 10_000 } = {}) {
    await until(`“${name}” to be pressed`, limit, async () => {
      const element = await this.#named(PRESSABLE, name, part, 1);
      await element.click();
      return true;
    });
  }

  /** Whether something can be pressed by that name now. */
  async offers(name, { part = false } = {}) {
    return (await this.app.driver.executeScript(NAMED, PRESSABLE, name, part)) !== null;
  }

  /** A field by its label. */
  field(label, limit = 10_000) {
    return until(`the field “${label}”`, limit, () => this.app.driver.executeScript(FIELD, label));
  }

  /** Types into a field, after what stands there. */
  async type(label, text) {
    const field = await this.field(label);
    await field.sendKeys(text);
  }

  /** Empties a field and types. */
  async retype(label, text) {
    const field = await this.field(label);
    const typed = await field.getProperty("value");
    // Keys held down inside sendKeys stay down in this driver, so nothing is selected first.
    await field.sendKeys(Key.END, ...[...typed].map(() => Key.BACK_SPACE), text);
  }

  /** Presses keys together wherever the focus is. */
  async keys(...keys) {
    const actions = this.app.driver.actions();
    for (const key of keys) actions.keyDown(key);
    for (const key of keys.toReversed()) actions.keyUp(key);
    await actions.perform();
  }

  /** Leaves a dialog by Escape; the first one may only empty its field. */
  dismiss() {
    return until("the dialog to close", 10_000, async () => {
      await this.keys(Key.ESCAPE);
      return (await this.app.driver.findElements(By.css("[role=dialog]"))).length === 0;
    });
  }

  /** Waits until the page shows a text. */
  see(words, limit = 10_000) {
    return this.app.text(words, limit);
  }

  /** Waits until the page no longer shows a text. */
  lose(words, limit = 10_000) {
    return until(`the words “${words}” to go`, limit, async () => !(await this.read()).includes(words));
  }

  /** All that the page shows. */
  read() {
    return this.app.driver.executeScript("return document.body.innerText");
  }

  /** Unlocks as a person of the clinic; `full` is false where the password alone resumes. */
  async unlock(clinic, user, { full = true, limit = 30_000 } = {}) {
    const person = clinic.person(user);
    await this.press(person.name, { part: true });
    await this.type("Workstation password", person.workstationPassword);
    if (full) await this.type("Workstation code", await clinic.code(person.workstationOtpauth));
    await this.press("Unlock");
    // The lock screen names the person, too, but has nothing to lock.
    await until(`${person.name} to be in`, limit, async () => {
      return (await this.offers("Lock")) && (await this.read()).includes(person.name);
    });
  }

  /** Locks by the shortcut; answers how long it took. */
  lock() {
    return this.app.reattach(() => this.keys(Key.CONTROL, "l"));
  }

  /** Types into the search of the top bar. */
  async search(words) {
    await this.retype("Find a patient by name, birth date, number or phone", words);
    await this.see(`Patients matching “${words}”`);
  }

  /** Searches and opens the chart of the row that names `who`. */
  async openChart(words, who = words) {
    await this.search(words);
    await this.press(who, { part: true });
    await this.app.find("[role=tablist]", 20_000);
  }

  /** Waits until a sync has ended without anything left to send. */
  async synced(limit = 60_000) {
    return until("the sync to end", limit, async () => {
      const { ok } = await this.app.invoke("sync_chip");
      return ok && ok.state === "idle" && ok.complete !== "" && ok.pending === 0 && ok;
    });
  }
}

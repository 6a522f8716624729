// What a user does in the window: finds things by their text, presses, types, reads.
import { By, Key } from "selenium-webdriver";
import { until } from "./processes.mjs";

/** Finds the first visible element with this name; runs in the page. */
const BY_NAME = `
  const [selector, name, part] = arguments;
  const nameOf = (element) => {
    const label = element.getAttribute("aria-label");
    if (label) return label;
    const copy = element.cloneNode(true);
    copy.querySelectorAll("[data-keys]").forEach((keys) => keys.remove());
    return copy.textContent.replace(/\\s+/g, " ").trim();
  };
  const matches = (element) => (part ? nameOf(element).includes(name) : nameOf(element) === name);
  return [...document.querySelectorAll(selector)].find((e) => e.getClientRects().length > 0 && matches(e)) ?? null;`;

/** Finds a field by its label; runs in the page. */
const FIELD = `
  const [name] = arguments;
  const label = [...document.querySelectorAll("label")].find((l) => l.textContent.trim() === name);
  if (label) return label.control ?? null;
  return document.querySelector('input[aria-label="' + name + '"], textarea[aria-label="' + name + '"]');`;

/** Chooses an option by its text; runs in the page. */
const CHOOSE = `
  const [select, text] = arguments;
  const option = [...select.options].find((o) => o.textContent === text);
  Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(select, option.value);
  select.dispatchEvent(new Event("change", { bubbles: true }));`;

const PRESSABLE = "button, a, [role=tab], [role=radio], [role=menuitem], label";

export class PageDriver {
  constructor(app) {
    this.app = app;
  }

  /** Runs a script in the page and returns its result. */
  #script(script, ...args) {
    return this.app.driver.executeScript(script, ...args);
  }

  /** Waits for an element. */
  find(css, limit = 10_000) {
    return until(css, limit, () => this.app.driver.findElement(By.css(css)));
  }

  /** Presses a button, link, tab or choice by its whole name, or by a part of it. */
  async press(name, { part = false, limit = 10_000 } = {}) {
    await until(`“${name}” to be pressed`, limit, async () => {
      const element = await this.#script(BY_NAME, PRESSABLE, name, part);
      await element.click();
      return true;
    });
  }

  /** Whether something with this name can be pressed now. */
  async canPress(name, { part = false } = {}) {
    return (await this.#script(BY_NAME, PRESSABLE, name, part)) !== null;
  }

  /** Waits for a field by its label. */
  field(label, limit = 10_000) {
    return until(`the field “${label}”`, limit, () => this.#script(FIELD, label));
  }

  /** Types into a field, after the text that it holds. */
  async type(label, text) {
    const field = await this.field(label);
    await field.sendKeys(text);
  }

  /** Clears a field and types into it. */
  async retype(label, text) {
    const field = await this.field(label);
    const typed = await field.getProperty("value");
    // This driver never releases modifier keys inside sendKeys, so nothing is selected first.
    await field.sendKeys(Key.END, ...[...typed].map(() => Key.BACK_SPACE), text);
  }

  /** Chooses an option of a list by its text; the driver's own keys do not reach a list that has closed again. */
  async choose(label, text) {
    await this.#script(CHOOSE, await this.field(label), text);
  }

  /** Presses keys together, wherever the focus is. */
  async pressKeys(...keys) {
    const actions = this.app.driver.actions();
    for (const key of keys) actions.keyDown(key);
    for (const key of keys.toReversed()) actions.keyUp(key);
    await actions.perform();
  }

  /** Closes a dialog with Escape; the first press may only clear its field. */
  dismissDialog() {
    return until("the dialog to close", 10_000, async () => {
      await this.pressKeys(Key.ESCAPE);
      return (await this.app.driver.findElements(By.css("[role=dialog]"))).length === 0;
    });
  }

  /** Dismisses the notices above the page. */
  async dismissNotices() {
    while (await this.canPress("I have read this")) await this.press("I have read this");
  }

  /** All visible text of the page. */
  text() {
    return this.#script("return document.body.innerText");
  }

  /** Waits until the page shows this text. */
  waitForText(text, limit = 10_000) {
    return until(`the text “${text}”`, limit, async () => (await this.text()).includes(text));
  }

  /** Waits until the page no longer shows this text. */
  waitForTextGone(text, limit = 10_000) {
    return until(`the text “${text}” to go`, limit, async () => !(await this.text()).includes(text));
  }

  /** The names of the tabs of a chart. */
  tabs() {
    return this.#script("return [...document.querySelectorAll('[role=tab]')].map((tab) => tab.textContent)");
  }

  /** Unlocks as a person of the clinic; `full: false` where the password alone resumes the session. */
  async unlock(clinic, user, { full = true, limit = 30_000 } = {}) {
    const person = clinic.person(user);
    await this.press(person.name, { part: true });
    await this.type("Workstation password", person.workstationPassword);
    if (full) await this.type("Workstation code", await clinic.nextCode(person.workstationOtpauth));
    await this.press("Unlock");
    // The lock screen shows the person's name too, but has no Lock button.
    await until(`${person.name} to be unlocked`, limit, async () => {
      return (await this.canPress("Lock")) && (await this.text()).includes(person.name);
    });
  }

  /** Locks by the shortcut; returns how long it took. */
  lock() {
    return this.app.reattach(() => this.pressKeys(Key.CONTROL, "l"));
  }

  /** Types into the search field of the top bar. */
  async search(query) {
    await this.retype("Find a patient by name, birth date, number or phone", query);
    await this.waitForText(`Patients matching “${query}”`);
  }

  /** Searches and opens the chart in the row that contains `row`. */
  async openChart(query, row = query) {
    await this.search(query);
    await this.press(row, { part: true });
    await this.find("[role=tablist]", 20_000);
  }

  /** Waits until a sync has ended with nothing left to send. */
  waitForSync(limit = 60_000) {
    return until("the sync to end", limit, async () => {
      const { ok } = await this.app.invoke("sync_chip");
      return ok && ok.state === "idle" && ok.complete !== null && ok.pending === 0 && ok;
    });
  }

  /** Syncs again and again until nothing is left to send. */
  sendAll(limit = 90_000) {
    return until("everything to be sent", limit, async () => {
      const { ok } = await this.app.invoke("sync_chip");
      if (ok.state !== "running" && (ok.pending > 0 || ok.state !== "idle")) await this.app.invoke("sync_now");
      return ok.state === "idle" && ok.pending === 0;
    });
  }
}

// What a journey works with: its workstation, its program, its steps, its results.
import assert from "node:assert/strict";
import path from "node:path";
import { App } from "./app.mjs";
import { checkScreen } from "./axe.mjs";

/** Such as `CHARTKEEP_E2E_SIZES="1366x768 1920x1080 1366x768@200"`, where @200 is the zoom in percent. */
const SIZES = (process.env.CHARTKEEP_E2E_SIZES ?? "").split(" ").filter(Boolean);

export class Journey {
  constructor(name, workstation, { binary, out, pictures = out }) {
    this.name = name;
    this.workstation = workstation;
    this.binary = binary;
    this.out = out;
    this.pictures = pictures;
    this.steps = [];
    this.axe = [];
  }

  /** Runs one step and records how long it took. */
  async step(name, act) {
    const start = Date.now();
    const step = { name, ok: false, ms: 0 };
    this.steps.push(step);
    try {
      const result = await act();
      step.ok = true;
      return result;
    } finally {
      step.ms = Date.now() - start;
      console.log(`  ${step.ok ? "ok  " : "FAIL"} ${String(step.ms).padStart(6)} ms  ${this.name}: ${name}`);
    }
  }

  /** Starts the program. */
  async openApp(options = {}) {
    this.app = await App.open(this.workstation, { binary: this.binary, ...options });
    return this.app;
  }

  /** Takes pictures of a screen in both themes and every requested size, and allows no accessibility violation. */
  async screen(name) {
    const file = (theme) => path.join(this.pictures, `${this.name}-${name}-${theme}.png`);
    for (const theme of ["light", "dark"]) {
      await this.app.setTheme(theme);
      await this.app.screenshot(file(theme));
      for (const size of SIZES) await this.app.atSize(size, () => this.app.screenshot(file(`${theme}-${size}`)));
    }
    const found = await checkScreen(this.app, `${this.name}-${name}`);
    this.axe.push(...found);
    const violations = found.flatMap((f) => f.violations.map((v) => `${f.theme}: ${v.id} at ${v.nodes.join(", ")}`));
    assert.deepEqual(violations, [], `accessibility of ${name}`);
  }

  /** Allows no violation of the content security policy in any process image of this journey. */
  async noViolations() {
    assert.deepEqual(await this.app.readViolations(), []);
  }
}

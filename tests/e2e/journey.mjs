// What a journey gets: its desk, its app, its steps, its evidence.
import assert from "node:assert/strict";
import path from "node:path";
import { App } from "./app.mjs";
import { checkScreen } from "./axe.mjs";

/** Such as `CHARTKEEP_E2E_SIZES="1366x768 1920x1080 1366x768@200"`; what stands behind the @ is the size of text in percent. */
const SIZES = (process.env.CHARTKEEP_E2E_SIZES ?? "").split(" ").filter(Boolean);

export class Journey {
  constructor(name, desk, { binary, out, pictures = out }) {
    this.name = name;
    this.desk = desk;
    this.binary = binary;
    this.out = out;
    this.pictures = pictures;
    this.steps = [];
    this.axe = [];
  }

  /** Does one step and notes how long it took. */
  async step(name, act) {
    const began = Date.now();
    const step = { name, ok: false, ms: 0 };
    this.steps.push(step);
    try {
      const answer = await act();
      step.ok = true;
      return answer;
    } finally {
      step.ms = Date.now() - began;
      console.log(`  ${step.ok ? "ok  " : "FAIL"} ${String(step.ms).padStart(6)} ms  ${this.name}: ${name}`);
    }
  }

  /** Starts the program. */
  async openApp(options = {}) {
    this.app = await App.open(this.desk, { binary: this.binary, ...options });
    return this.app;
  }

  /** Pictures of a screen in both themes and in every size that is asked for, and no accessibility violation. */
  async screen(name) {
    const file = (theme) => path.join(this.pictures, `${this.name}-${name}-${theme}.png`);
    for (const theme of ["light", "dark"]) {
      await this.app.theme(theme);
      await this.app.picture(file(theme));
      for (const size of SIZES) await this.app.sized(size, () => this.app.picture(file(`${theme}-${size}`)));
    }
    const found = await checkScreen(this.app, `${this.name}-${name}`);
    this.axe.push(...found);
    const violations = found.flatMap((f) => f.violations.map((v) => `${f.theme}: ${v.id} at ${v.nodes.join(", ")}`));
    assert.deepEqual(violations, [], `accessibility of ${name}`);
  }

  /** No violation of the content security policy in any image of this journey. */
  async noViolations() {
    assert.deepEqual(await this.app.readViolations(), []);
  }
}

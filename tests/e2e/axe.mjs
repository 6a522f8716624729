// Checks the accessibility of the current page with axe-core, in both themes.
import fs from "node:fs";
import { createRequire } from "node:module";

const source = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Checks one screen in light and dark; returns one entry per theme. */
export async function checkScreen(app, screen) {
  const found = [];
  const before = await app.driver.executeScript("return document.documentElement.dataset.theme ?? ''");
  await app.driver.executeScript(`if (!window.axe) { ${source} }`);
  for (const theme of ["light", "dark"]) {
    await app.setTheme(theme);
    const result = await app.driver.executeAsyncScript(
      `const [rules, done] = arguments;
       // The only frame is Tauri's hidden isolation frame, which axe cannot reach. Fetching style sheets again violates
       // the policy, and axe takes a minute to give up.
       window.axe.run(document, { runOnly: rules, iframes: false, preload: false }).then(
         (r) => done({
           passes: r.passes.length,
           incomplete: r.incomplete.map((v) => v.id),
           violations: r.violations.map((v) => ({ id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map((n) => n.target.join(" ")) })),
         }),
         (e) => done({ error: String(e) }));`,
      RULES,
    );
    if (result.error) throw new Error(`axe on ${screen}: ${result.error}`);
    found.push({ screen, theme, ...result });
  }
  await app.driver.executeScript(
    "if (arguments[0]) document.documentElement.dataset.theme = arguments[0]; else delete document.documentElement.dataset.theme;",
    before,
  );
  return found;
}

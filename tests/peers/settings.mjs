// Prints the settings of HAPI's starter that docs/it/hapi.md recommends, one a line: NAME=VALUE, lists with commas.
// Usage: node settings.mjs PAGE_TEXT=RUN_TEXT
import { code } from "./page.mjs";

const [replaced] = process.argv.slice(2);
const settings = new Map();
let list = "";
for (const line of code("hapi", "yaml", [replaced.split("=")]).split("\n")) {
  const [, name, value] = /^ {4}(\w+): ?(.*)$/.exec(line) ?? [];
  const [, item] = /^ {6}- (\w+)$/.exec(line) ?? [];
  if (name) settings.set((list = name), value);
  else if (item) settings.set(list, [settings.get(list), item].filter(Boolean).join(","));
}
for (const [name, value] of settings) console.log(`${name}=${value}`);

// Prints the code of one language on a page of docs/it, with the addresses of a run in place of those on the page.
// Usage: node page.mjs PAGE LANGUAGE [PAGE_TEXT=RUN_TEXT ...]
import fs from "node:fs";
import { fileURLToPath } from "node:url";

/** The fenced code of `language` on `page`, in order. */
export function code(page, language, replacements = []) {
  const text = fs.readFileSync(new URL(`../../docs/it/${page}.md`, import.meta.url), "utf8");
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter((block) => block[1] === language);
  if (blocks.length === 0) throw new Error(`docs/it/${page}.md has no ${language}`);
  return replacements.reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`docs/it/${page}.md does not contain ${from}`);
    return all.replaceAll(from, to);
  }, blocks.map((block) => block[2]).join("\n"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [page, language, ...replacements] = process.argv.slice(2);
  process.stdout.write(code(page, language, replacements.map((pair) => pair.split("="))));
}

// Writes the result of each requirement into docs/security/requirements.md, from the results of the last test run.
//
// node evidence.mjs RESULTS [--check]    RESULTS is a folder with rust.log (the output of cargo test) and journeys.json;
//                                        --check writes nothing and fails where the file would change
import fs from "node:fs";
import path from "node:path";

const TABLE = "docs/security/requirements.md";
/** The cell of a requirement that a program on a workstation cannot meet. */
const ORGANISATIONAL = "organisational";
const GAP = "not built";

/** The outcome of each Rust test by the last part of its name; a name that two tests share fails if one of them does. */
function rustResults(log) {
  const results = new Map();
  for (const [, name, outcome] of log.matchAll(/^test (\S+)(?: - should panic)? \.\.\. .*?(ok|FAILED|ignored)/gm)) {
    const short = name.split("::").at(-1);
    results.set(short, (results.get(short) ?? true) && outcome === "ok");
  }
  return results;
}

/** The journeys in the real window, by their file. */
function journeyResults(report) {
  return new Map(report.journeys.map(({ name, ok }) => [`tests/e2e/journeys/${name}.mjs`, ok]));
}

/** The names in code quotes that are tests or journeys. */
function testsOf(cell) {
  const names = cell.split("`").filter((_, at) => at % 2 === 1);
  return names.filter((name) => name.startsWith("tests/e2e/journeys/") || (!name.includes("/") && /_.*_/.test(name)));
}

function resultOf(evidence, results, problems, row) {
  if (evidence === ORGANISATIONAL) return ORGANISATIONAL;
  const names = testsOf(evidence);
  if (names.length === 0) return GAP;
  const passed = names.filter((name) => results.get(name) === true);
  for (const name of names.filter((one) => !passed.includes(one))) {
    problems.push(`${row}: ${name} ${results.has(name) ? "failed" : "did not run"}`);
  }
  return `${passed.length} of ${names.length} passed`;
}

function fill(text, results) {
  const problems = [];
  const counts = new Map();
  let columns = null;
  const lines = text.split("\n").map((line) => {
    if (line.startsWith("|---")) return line;
    if (!line.startsWith("| ")) {
      columns = null;
      return line;
    }
    const cells = line.slice(2, -2).split(" | ");
    if (columns === null) {
      columns = { evidence: cells.indexOf("evidence"), result: cells.indexOf("result") };
      return line;
    }
    if (columns.evidence < 0 || columns.result < 0) return line;
    const result = resultOf(cells[columns.evidence].trim(), results, problems, cells[0]);
    const kind = result.endsWith("passed") ? "tested" : result;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    cells[columns.result] = result;
    return `| ${cells.join(" | ")} |`;
  });
  const count = (kind) => counts.get(kind) ?? 0;
  const total = [...counts.values()].reduce((sum, one) => sum + one, 0);
  const summary = `${total} requirements: ${count("tested")} with tests, ${count(ORGANISATIONAL)} that only the organisation can meet, ${count(GAP)} ${GAP}.`;
  const at = lines.findIndex((line) => /^\d+ requirements: /.test(line));
  if (at >= 0) lines[at] = summary;
  return { text: lines.join("\n"), problems, summary };
}

const [folder, mode] = process.argv.slice(2);
const read = (name) => fs.readFileSync(path.join(folder, name), "utf8");
const results = new Map([...rustResults(read("rust.log")), ...journeyResults(JSON.parse(read("journeys.json")))]);
const before = fs.readFileSync(TABLE, "utf8");
const { text, problems, summary } = fill(before, results);
for (const problem of problems) console.error(problem);
console.log(summary);
if (mode === "--check" && text !== before) {
  console.error(`${TABLE} does not say what the tests showed: run make evidence`);
  process.exit(1);
}
if (mode !== "--check") fs.writeFileSync(TABLE, text);
process.exit(problems.length === 0 ? 0 : 1);

// What lies in the memory of the program and everything it started. Needs the rights of root.
import fs from "node:fs";

/** A process and all below it. */
function family(pid) {
  const all = [pid];
  for (let at = 0; at < all.length; at += 1) {
    let threads = [];
    try {
      threads = fs.readdirSync(`/proc/${all[at]}/task`);
    } catch {
      // It ended meanwhile.
    }
    for (const thread of threads) {
      try {
        const children = fs.readFileSync(`/proc/${all[at]}/task/${thread}/children`, "utf8");
        all.push(...children.split(" ").filter(Boolean).map(Number));
      } catch {
        // It ended meanwhile.
      }
    }
  }
  return all;
}

const PAGE = 4096;
/** Pages that are looked at in one go. */
const PAGES = 4096;

/** Writable mappings that hold anything; a web engine reserves far more address space than any machine has memory. */
function heldMappings(pid) {
  const held = [];
  let range = null;
  for (const line of fs.readFileSync(`/proc/${pid}/smaps`, "utf8").split("\n")) {
    const head = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(line);
    if (head) range = head[3].startsWith("rw") ? { from: Number.parseInt(head[1], 16), to: Number.parseInt(head[2], 16) } : null;
    else if (range && /^(Rss|Swap): +[1-9]/.test(line) && held.at(-1) !== range) held.push(range);
  }
  return held;
}

/** How often the needles occur in the writable memory of one process. */
function count(pid, needles) {
  let hits = 0;
  const overlap = Math.max(...needles.map((n) => n.length)) - 1;
  const buffer = Buffer.alloc(overlap + PAGES * PAGE);
  const states = Buffer.alloc(PAGES * 8);
  const memory = fs.openSync(`/proc/${pid}/mem`, "r");
  const pagemap = fs.openSync(`/proc/${pid}/pagemap`, "r");
  const look = (from, to) => {
    let kept = 0;
    for (let at = from; at < to; at += PAGES * PAGE) {
      const size = Math.min(to - at, PAGES * PAGE);
      let read = 0;
      try {
        read = fs.readSync(memory, buffer, kept, size, at);
      } catch {
        // Given back meanwhile.
      }
      const seen = buffer.subarray(0, kept + read);
      for (const needle of needles) {
        for (let hit = seen.indexOf(needle); hit >= 0; hit = seen.indexOf(needle, hit + 1)) {
          // What lies wholly in the kept end was counted before.
          if (hit + needle.length > kept) hits += 1;
        }
      }
      const end = Math.min(overlap, seen.length);
      buffer.copyWithin(0, seen.length - end, seen.length);
      kept = end;
    }
  };
  for (const { from, to } of heldMappings(pid)) {
    let run = null;
    for (let at = from; at < to; at += PAGES * PAGE) {
      const pages = Math.min(PAGES, (to - at) / PAGE);
      const read = fs.readSync(pagemap, states, 0, pages * 8, (at / PAGE) * 8) / 8;
      for (let page = 0; page < read; page += 1) {
        // Bits 63 and 62: present, swapped. Reading any other page would only make empty ones.
        const there = (states[page * 8 + 7] & 0xc0) !== 0;
        const here = at + page * PAGE;
        if (there) run ??= here;
        else if (run !== null) {
          look(run, here);
          run = null;
        }
      }
    }
    if (run !== null) look(run, to);
  }
  fs.closeSync(memory);
  fs.closeSync(pagemap);
  return hits;
}

/** The forms in which words cross programs and files: plain, two bytes a letter, base64 at any offset, escaped. */
function formsOf(words) {
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(words, "utf8")]).toString("base64");
    // The letters at both ends hold bits of the neighbours, too.
    return Buffer.from(text.slice(offset === 0 ? 0 : 4, -4));
  });
  const escaped = [encodeURIComponent(words), encodeURIComponent(words).replaceAll("%20", "+"), JSON.stringify(words).slice(1, -1)];
  const all = [Buffer.from(words, "utf8"), Buffer.from(words, "utf16le"), ...base64, ...escaped.map((form) => Buffer.from(form))];
  return all.filter((form, at) => all.findIndex((other) => other.equals(form)) === at);
}

/** Where `words` occur in any form in the memory of the program and its children: {name, pid, hits}. */
export function scanMemory(pid, words) {
  const needles = formsOf(words);
  const found = [];
  for (const each of family(pid)) {
    try {
      const name = fs.readFileSync(`/proc/${each}/comm`, "utf8").trim();
      found.push({ name, pid: each, hits: count(each, needles) });
    } catch (error) {
      if (error.code !== "ENOENT" && error.code !== "ESRCH") throw error;
    }
  }
  return found;
}

/** The files below a folder whose bytes hold `words` in any form. */
export function scanFiles(folder, words) {
  const needles = formsOf(words);
  const found = [];
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = `${entry.parentPath}/${entry.name}`;
    const bytes = fs.readFileSync(file);
    if (needles.some((needle) => bytes.includes(needle))) found.push(file);
  }
  return found;
}

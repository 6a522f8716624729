// Searches the memory of the program and of all processes below it. Must run as root.
import fs from "node:fs";

/** A process and all its descendants. */
function processTree(pid) {
  const all = [pid];
  for (let at = 0; at < all.length; at += 1) {
    let threads = [];
    try {
      threads = fs.readdirSync(`/proc/${all[at]}/task`);
    } catch {
      // It has ended in the meantime.
    }
    for (const thread of threads) {
      try {
        const children = fs.readFileSync(`/proc/${all[at]}/task/${thread}/children`, "utf8");
        all.push(...children.split(" ").filter(Boolean).map(Number));
      } catch {
        // It has ended in the meantime.
      }
    }
  }
  return all;
}

const PAGE = 4096;
/** Number of pages read at once. */
const PAGES = 4096;

/** Writable mappings with content; a web engine reserves far more address space than any machine has memory. */
function usedMappings(pid) {
  const used = [];
  let range = null;
  for (const line of fs.readFileSync(`/proc/${pid}/smaps`, "utf8").split("\n")) {
    const head = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(line);
    if (head) range = head[3].startsWith("rw") ? { from: Number.parseInt(head[1], 16), to: Number.parseInt(head[2], 16) } : null;
    else if (range && /^(Rss|Swap): +[1-9]/.test(line) && used.at(-1) !== range) used.push(range);
  }
  return used;
}

/** Number of occurrences of the needles in the writable memory of one process. */
function count(pid, needles) {
  let hits = 0;
  const overlap = Math.max(...needles.map((n) => n.length)) - 1;
  const buffer = Buffer.alloc(overlap + PAGES * PAGE);
  const states = Buffer.alloc(PAGES * 8);
  const memory = fs.openSync(`/proc/${pid}/mem`, "r");
  const pagemap = fs.openSync(`/proc/${pid}/pagemap`, "r");
  const scan = (from, to) => {
    let carried = 0;
    for (let at = from; at < to; at += PAGES * PAGE) {
      const size = Math.min(to - at, PAGES * PAGE);
      let read = 0;
      try {
        read = fs.readSync(memory, buffer, carried, size, at);
      } catch {
        // Unmapped in the meantime.
      }
      const seen = buffer.subarray(0, carried + read);
      for (const needle of needles) {
        for (let hit = seen.indexOf(needle); hit >= 0; hit = seen.indexOf(needle, hit + 1)) {
          // A hit within the end carried over was counted before.
          if (hit + needle.length > carried) hits += 1;
        }
      }
      const end = Math.min(overlap, seen.length);
      buffer.copyWithin(0, seen.length - end, seen.length);
      carried = end;
    }
  };
  for (const { from, to } of usedMappings(pid)) {
    let run = null;
    for (let at = from; at < to; at += PAGES * PAGE) {
      const pages = Math.min(PAGES, (to - at) / PAGE);
      const read = fs.readSync(pagemap, states, 0, pages * 8, (at / PAGE) * 8) / 8;
      for (let page = 0; page < read; page += 1) {
        // Bits 63 and 62: present, swapped. Reading any other page would only create empty ones.
        const there = (states[page * 8 + 7] & 0xc0) !== 0;
        const here = at + page * PAGE;
        if (there) run ??= here;
        else if (run !== null) {
          scan(run, here);
          run = null;
        }
      }
    }
    if (run !== null) scan(run, to);
  }
  fs.closeSync(memory);
  fs.closeSync(pagemap);
  return hits;
}

/** The forms in which text may occur in programs and files: UTF-8, UTF-16, base64 at any offset, escaped. */
function formsOf(text) {
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text, "utf8")]).toString("base64");
    // The characters at both ends also hold bits of their neighbours.
    return Buffer.from(encoded.slice(offset === 0 ? 0 : 4, -4));
  });
  const escaped = [encodeURIComponent(text), encodeURIComponent(text).replaceAll("%20", "+"), JSON.stringify(text).slice(1, -1)];
  const all = [Buffer.from(text, "utf8"), Buffer.from(text, "utf16le"), ...base64, ...escaped.map((form) => Buffer.from(form))];
  return all.filter((form, at) => all.findIndex((other) => other.equals(form)) === at);
}

/** Counts `text` in any form in the memory of the program and its descendants: {name, pid, hits} for each. */
export function scanMemory(pid, text) {
  const needles = formsOf(text);
  const found = [];
  for (const each of processTree(pid)) {
    try {
      const name = fs.readFileSync(`/proc/${each}/comm`, "utf8").trim();
      found.push({ name, pid: each, hits: count(each, needles) });
    } catch (error) {
      if (error.code !== "ENOENT" && error.code !== "ESRCH") throw error;
    }
  }
  return found;
}

/** The files below a folder that contain `text` in any form. */
export function scanFiles(folder, text) {
  const needles = formsOf(text);
  const found = [];
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = `${entry.parentPath}/${entry.name}`;
    const bytes = fs.readFileSync(file);
    if (needles.some((needle) => bytes.includes(needle))) found.push(file);
  }
  return found;
}

// Starts the programs of one run and ends them again, each by its own process id.
import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";

/** Programs started by this run, youngest last. */
export class Processes {
  #started = [];
  #over = false;

  constructor(logs) {
    this.logs = logs;
  }

  /** Starts a program; its output goes to `<name>.log`, and to `pipe` when the caller wants to read it. */
  start(name, command, args, { env, pipe = false, input } = {}) {
    if (this.#over) throw new Error(`${name} is not started any more: the run is over`);
    const log = fs.openSync(path.join(this.logs, `${name}.log`), "a");
    const stdio = [input === undefined ? "ignore" : "pipe", pipe ? "pipe" : log, log];
    const child = spawn(command, args, { env, stdio });
    fs.closeSync(log);
    child.on("error", () => {});
    if (input !== undefined) child.stdin.end(input);
    const entry = { name, child, done: new Promise((resolve) => child.once("close", resolve)) };
    this.#started.push(entry);
    return child;
  }

  /** Ends one program: asks, then insists. */
  async end(child) {
    const entry = this.#started.find((e) => e.child === child);
    if (!entry || child.pid === undefined) return;
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      const insist = setTimeout(() => child.kill("SIGKILL"), 3000);
      await entry.done;
      clearTimeout(insist);
    }
    this.#started = this.#started.filter((e) => e !== entry);
  }

  /** Ends everything, youngest first, for good. */
  async endAll() {
    this.#over = true;
    for (const { child } of [...this.#started].reverse()) await this.end(child);
  }
}

/** A line from a program that prints what it chose, for example a display number. */
export function firstLine(child, what) {
  return new Promise((resolve, reject) => {
    let text = "";
    const late = setTimeout(() => reject(new Error(`${what} said nothing within 20 s`)), 20_000);
    child.stdout.on("data", (bytes) => {
      text += bytes;
      if (text.includes("\n")) {
        clearTimeout(late);
        resolve(text.slice(0, text.indexOf("\n")));
      }
    });
    child.once("close", () => reject(new Error(`${what} ended at once`)));
    child.once("error", reject);
  });
}

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Waits until something listens on the port. */
export async function listening(port, limit = 20_000) {
  await until(`port ${port} to answer`, limit, () => {
    return new Promise((resolve) => {
      const socket = net.connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(socket.end() && true));
      socket.once("error", () => resolve(false));
    });
  });
}

/** Tries `check` again and again until it answers something true. */
export async function until(what, limit, check) {
  const end = Date.now() + limit;
  let last;
  while (Date.now() < end) {
    try {
      const answer = await check();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited ${limit} ms for ${what}`, { cause: last });
}

/** Whether a process runs; one that has ended but was not collected by its parent does not. */
export function alive(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

// Starts the programs of one run and ends them again, each by its own process id.
import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";

/** The programs started by this run, newest last. */
export class Processes {
  #started = [];
  #closed = false;

  constructor(logs) {
    this.logs = logs;
  }

  /** Starts a program. Its output goes to `<name>.log`; with `pipe`, the caller reads standard output instead. */
  start(name, command, args, { env, pipe = false, input } = {}) {
    if (this.#closed) throw new Error(`${name} cannot be started: the run has ended`);
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

  /** Runs a program to its end and returns its standard output. */
  run(command, args, { env, input } = {}) {
    return new Promise((resolve, reject) => {
      const child = this.start(path.basename(command), command, args, { env, pipe: true, input });
      let text = "";
      child.stdout.on("data", (bytes) => {
        text += bytes;
      });
      child.once("error", reject);
      child.once("close", (code) => {
        if (code === 0) resolve(text);
        else reject(Object.assign(new Error(`${command} ended with ${code}`), { code, text }));
      });
    });
  }

  /** Ends one program: SIGTERM, then SIGKILL after three seconds. */
  async end(child) {
    const entry = this.#started.find((e) => e.child === child);
    if (!entry || child.pid === undefined) return;
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      const kill = setTimeout(() => child.kill("SIGKILL"), 3000);
      await entry.done;
      clearTimeout(kill);
    }
    this.#started = this.#started.filter((e) => e !== entry);
  }

  /** Ends all programs, newest first; none can be started afterwards. */
  async endAll() {
    this.#closed = true;
    for (const { child } of [...this.#started].reverse()) await this.end(child);
  }
}

/** The first line that a program prints, for example the display number it chose. */
export function firstLine(child, name) {
  return new Promise((resolve, reject) => {
    let text = "";
    const timeout = setTimeout(() => reject(new Error(`${name} printed nothing within 20 s`)), 20_000);
    child.stdout.on("data", (bytes) => {
      text += bytes;
      if (text.includes("\n")) {
        clearTimeout(timeout);
        resolve(text.slice(0, text.indexOf("\n")));
      }
    });
    child.once("close", () => reject(new Error(`${name} ended at once`)));
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

/** Waits until a program listens on the port. */
export async function waitForPort(port, limit = 20_000) {
  await until(`port ${port} to answer`, limit, () => {
    return new Promise((resolve) => {
      const socket = net.connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(socket.end() && true));
      socket.once("error", () => resolve(false));
    });
  });
}

/** Calls `check` until it returns a truthy value, and returns that value. */
export async function until(what, limit, check) {
  const end = Date.now() + limit;
  let last;
  while (Date.now() < end) {
    try {
      const result = await check();
      if (result) return result;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited ${limit} ms for ${what}`, { cause: last });
}

/** Whether a process is running; a zombie is not. */
export function isRunning(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

/** Runs `cleanUp` when this process is interrupted, then exits. */
export function onInterrupt(cleanUp) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.once(signal, () => cleanUp().finally(() => process.exit(130)));
  }
}

// The parts of a desktop session that the programs need: display, session bus, keychain.
import fs from "node:fs";
import { firstLine, until } from "./processes.mjs";

/** Starts a virtual display of `size`, such as `1366x800`, with a window manager, and adds what programs need to `env`. */
export async function startDisplay(processes, env, size) {
  const args = ["-displayfd", "1", "-screen", "0", `${size}x24`, "-nolisten", "tcp", "-noreset"];
  const display = await firstLine(processes.start("xvfb", "Xvfb", args, { env, pipe: true }), "Xvfb");
  // No accessibility bus: its helper processes would outlive the run.
  Object.assign(env, { DISPLAY: `:${display}`, GDK_BACKEND: "x11", NO_AT_BRIDGE: "1", GTK_A11Y: "none" });
  // Without a render node WebKit's buffer sharing only costs memory.
  if (!fs.existsSync("/dev/dri/renderD128")) env.WEBKIT_DISABLE_DMABUF_RENDERER = "1";
  processes.start("openbox", "openbox", [], { env });
}

/** Starts a session bus and a keychain that opens with `password`, and adds the bus to `env`; returns the keychain. */
export async function startKeychain(processes, env, password) {
  const bus = processes.start("dbus", "dbus-daemon", ["--session", "--nofork", "--print-address=1"], { env, pipe: true });
  env.DBUS_SESSION_BUS_ADDRESS = await firstLine(bus, "dbus-daemon");
  const args = ["--unlock", "--components=secrets", "--foreground"];
  const keychain = processes.start("keyring", "gnome-keyring-daemon", args, { env, input: password });
  const owner = ["--session", "--dest=org.freedesktop.DBus", "--print-reply=literal", "/org/freedesktop/DBus"];
  owner.push("org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets");
  await until("the keychain", 20_000, async () => (await processes.run("dbus-send", owner, { env })).includes("true"));
  return keychain;
}

// WebKit's own driver, which drives the window through the inspector that a build for these tests offers.
import { waitForPort } from "./processes.mjs";

/** The variables that ask the program to let itself be driven through the inspector on this port. */
export const automationEnv = (inspector) => ({
  TAURI_WEBVIEW_AUTOMATION: "true",
  WEBKIT_INSPECTOR_SERVER: `127.0.0.1:${inspector}`,
});

/** Starts the driver on `port` and waits until it answers. */
export async function startWebDriver(processes, { env, port, inspector, options = [] }) {
  const args = [`--port=${port}`, `--target=127.0.0.1:${inspector}`, ...options];
  const driver = processes.start("webdriver", "WebKitWebDriver", args, { env });
  await waitForPort(port);
  return driver;
}

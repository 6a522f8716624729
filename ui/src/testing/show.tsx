import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { App } from "../app/app.view";
import { type FakeIpc, makeFakeIpc } from "../ipc/fake/fake-ipc";
import type { FakeOptions } from "../ipc/fake/fake-options";

/** Renders the whole interface over the fake backend and waits until it is loaded. */
export async function show(
  options: FakeOptions,
  route?: string,
): Promise<{ ipc: FakeIpc; user: ReturnType<typeof userEvent.setup> }> {
  const user = userEvent.setup();
  const ipc = makeFakeIpc(options);
  render(<App ipc={ipc} {...(route === undefined ? {} : { route })} />);
  await waitUntilLoaded();
  return { ipc, user };
}

/** Waits until the page has content, nothing is loading and nothing has changed for a moment. */
export async function waitUntilLoaded(): Promise<void> {
  let last = "";
  await waitFor(
    () => {
      const text = document.body.textContent ?? "";
      const isSame = text === last;
      last = text;
      if (
        !isSame ||
        (screen.queryByRole("main")?.textContent ?? "") === "" ||
        document.querySelector("[aria-busy=true]") !== null
      )
        throw new Error("still loading");
    },
    { interval: 30, timeout: 5000 },
  );
}

/** WCAG 2.2 AA violations, one per line. Contrast needs a real window; the e2e tests check it. */
export async function axeViolations(): Promise<string[]> {
  const results = await axe.run(document.body, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } },
  });
  return results.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`));
}

/** The requests of one command so far, oldest first. */
export function requestsOf(ipc: FakeIpc, name: FakeIpc["calls"][number]["name"]): unknown[] {
  return ipc.calls.filter((call) => call.name === name).map((call) => call.request);
}

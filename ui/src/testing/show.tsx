import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { App } from "../app/app.view";
import type { FakeOptions } from "../ipc/fake/fake-options";
import { type FakeIpc, makeFakeIpc } from "../ipc/fake/make-fake";

/** Shows the whole interface over the fake, once it has stopped loading. */
export async function show(
  options: FakeOptions,
  route?: string,
): Promise<{ ipc: FakeIpc; user: ReturnType<typeof userEvent.setup> }> {
  const user = userEvent.setup();
  const ipc = makeFakeIpc(options);
  render(<App ipc={ipc} {...(route === undefined ? {} : { route })} />);
  await settled();
  return { ipc, user };
}

/** Waits until the page has something to say, nothing is loading and nothing has changed for a moment. */
export async function settled(): Promise<void> {
  let last = "";
  await waitFor(
    () => {
      const now = document.body.textContent ?? "";
      const same = now === last;
      last = now;
      if (
        !same ||
        (screen.queryByRole("main")?.textContent ?? "") === "" ||
        document.querySelector("[aria-busy=true]") !== null
      )
        throw new Error("still loading");
    },
    { interval: 30, timeout: 5000 },
  );
}

/** WCAG 2.2 AA violations, as lines. Contrast needs a real window and is checked there. */
export async function axeViolations(): Promise<string[]> {
  const found = await axe.run(document.body, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } },
  });
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 120)}`));
}

/** The requests of one command so far. */
export function requestsOf(ipc: FakeIpc, name: FakeIpc["calls"][number]["name"]): unknown[] {
  return ipc.calls.filter((call) => call.name === name).map((call) => call.request);
}

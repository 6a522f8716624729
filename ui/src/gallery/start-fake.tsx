import { createRoot, type Root } from "react-dom/client";
import { App } from "../app/app.view";
import type { Role } from "../ipc/bindings";
import type { FakeOptions } from "../ipc/fake/fake-options";
import { makeFakeIpc } from "../ipc/fake/make-fake";
import { STAFF } from "../ipc/fake/people";
import type { ThemeChoice } from "../theme/theme";
import { Gallery } from "./gallery.view";
import { SCENES } from "./scenes";

/**
 * Starts the interface over the fake: `/gallery` lists the scenes, `/?scene=NAME&theme=dark` shows one,
 * `/?role=nurse` starts unlocked, `/` starts at the lock screen.
 */
export function startFake(element: HTMLElement) {
  const asked = new URLSearchParams(window.location.search);
  const theme = (asked.get("theme") ?? "system") as ThemeChoice;
  if (window.location.pathname.startsWith("/gallery")) {
    createRoot(element).render(<Gallery theme={theme} />);
    return;
  }
  const scene = SCENES.find((one) => one.name === asked.get("scene"));
  const role = asked.get("role") as Role | null;
  const options: FakeOptions = scene?.options ?? (role === null ? {} : { role });
  const route = asked.get("route") ?? scene?.route;
  let root: Root | null = null;
  const show = (with_: FakeOptions, from: string | undefined) => {
    root?.unmount();
    root = createRoot(element);
    const ipc = makeFakeIpc({
      delay: 20,
      ...with_,
      onReplaced: () =>
        setTimeout(
          () => show({ lock: { users: STAFF.map((one) => ({ ...one, resume: one.role === with_.role })) } }, undefined),
          400,
        ),
    });
    root.render(<App ipc={ipc} theme={theme} {...(from === undefined ? {} : { route: from })} />);
  };
  show(options, route);
}

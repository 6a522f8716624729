import { createRoot, type Root } from "react-dom/client";
import { App } from "../app/app.view";
import type { Role } from "../ipc/bindings";
import { makeFakeIpc } from "../ipc/fake/fake-ipc";
import type { FakeOptions } from "../ipc/fake/fake-options";
import { STAFF } from "../ipc/fake/staff";
import type { ThemeChoice } from "../theme/theme";
import { Gallery } from "./gallery.view";
import { SCENES } from "./scenes";

/**
 * Starts the interface with the fake backend: `/gallery` lists the scenes, `/?scene=NAME&theme=dark` shows one,
 * `/?role=nurse` starts unlocked, `/` starts at the lock screen.
 */
export function startFake(element: HTMLElement) {
  const query = new URLSearchParams(window.location.search);
  const theme = (query.get("theme") ?? "system") as ThemeChoice;
  if (window.location.pathname.startsWith("/gallery")) {
    createRoot(element).render(<Gallery initialTheme={theme} />);
    return;
  }
  const scene = SCENES.find((candidate) => candidate.name === query.get("scene"));
  const role = query.get("role") as Role | null;
  const options: FakeOptions = scene?.options ?? (role === null ? {} : { role });
  const route = query.get("route") ?? scene?.route;
  let root: Root | null = null;
  const show = (fakeOptions: FakeOptions, firstRoute: string | undefined) => {
    root?.unmount();
    root = createRoot(element);
    const ipc = makeFakeIpc({
      delay: 20,
      ...fakeOptions,
      onProcessReplaced: () =>
        setTimeout(
          () =>
            show(
              { lock: { users: STAFF.map((user) => ({ ...user, resume: user.role === fakeOptions.role })) } },
              undefined,
            ),
          400,
        ),
    });
    root.render(<App ipc={ipc} theme={theme} {...(firstRoute === undefined ? {} : { route: firstRoute })} />);
  };
  show(options, route);
}

import { createMemoryHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { AuditPage } from "../audit/audit-page.view";
import { ChartPage } from "../chart/chart-page.view";
import { DevicePage } from "../device/device-page.view";
import { SearchPage } from "../search/search-page.view";
import { Shell } from "../shell/shell.view";
import { ConflictPage } from "../sync/conflict-page.view";
import { SyncPage } from "../sync/sync-page.view";
import { DraftsPage } from "../worklist/drafts-page.view";
import { Home } from "../worklist/home.view";
import { WorklistPage } from "../worklist/worklist-page.view";
import { BrokenPage } from "./broken-page.view";

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

const root = createRootRoute({ component: Shell, notFoundComponent: Home });

const routes = root.addChildren([
  createRoute({ getParentRoute: () => root, path: "/", component: Home }),
  createRoute({ getParentRoute: () => root, path: "/list/$list", component: WorklistPage }),
  createRoute({ getParentRoute: () => root, path: "/drafts", component: DraftsPage }),
  createRoute({
    getParentRoute: () => root,
    path: "/search",
    component: SearchPage,
    validateSearch: (search: Record<string, unknown>): { q?: string | undefined } => ({
      q: search.q === undefined ? undefined : String(search.q),
    }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/chart/$patient/$tab",
    component: ChartPage,
    validateSearch: (search: Record<string, unknown>): { pane?: string | undefined; draft?: string | undefined } => ({
      pane: text(search.pane),
      draft: text(search.draft),
    }),
  }),
  createRoute({ getParentRoute: () => root, path: "/sync", component: SyncPage }),
  createRoute({ getParentRoute: () => root, path: "/conflict/$conflict", component: ConflictPage }),
  createRoute({ getParentRoute: () => root, path: "/audit", component: AuditPage }),
  createRoute({ getParentRoute: () => root, path: "/device", component: DevicePage }),
]);

/** Routes live in memory, so no address, history or storage ever contains patient data. */
export function makeRouter(initialRoute: string) {
  return createRouter({
    routeTree: routes,
    history: createMemoryHistory({ initialEntries: [initialRoute] }),
    defaultPreload: false,
    // The router's default shows the text of the error, which may contain patient data.
    defaultErrorComponent: BrokenPage,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}

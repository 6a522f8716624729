import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { SessionDto, SyncChipDto } from "../ipc/bindings";
import { useIpc } from "../ipc/ipc-context";
import { makeSessionCache } from "../ipc/reply.query";
import { SessionContext, type SessionValue } from "../session/session-context";
import { makeRouter } from "./router";

/** What a sync may have changed, the chart's windows included. */
const AFTER_SYNC = [
  "sync_page",
  "worklist",
  "open_chart",
  "chart_timeline",
  "chart_results",
  "chart_notes",
  "search_patients",
];

/** Everything between unlock and lock. Its cache, routes and forms live and end with it. */
export function Session({ session, route }: { session: SessionDto; route: string | undefined }) {
  const ipc = useIpc();
  const [cache] = useState(makeSessionCache);
  const [router] = useState(() => makeRouter(route ?? session.resume?.route ?? "/"));
  const keepers = useRef(new Set<() => Promise<unknown>>());
  const resume = useRef(session.resume);

  // INVARIANT: no reply of a session stays in the cache once the session's screens are gone.
  useLayoutEffect(() => () => cache.clear(), [cache]);

  useEffect(() => {
    const fresh = (names: string[]) => {
      for (const name of names) cache.invalidateQueries({ queryKey: [name] });
    };
    // A sync that ends while the screens are still being drawn is told to nobody: the chip, asked again once events
    // are heard, says so by its time.
    let complete: string | undefined;
    const stops = [
      cache.getQueryCache().subscribe(({ type, query }) => {
        if (type !== "updated" || query.queryKey[0] !== "sync_chip") return;
        const now = (query.state.data as SyncChipDto | undefined)?.complete;
        if (now === undefined || now === complete) return;
        if (complete !== undefined) fresh(AFTER_SYNC);
        complete = now;
      }),
      ipc.listen(
        "sync_chip",
        (chip) => {
          cache.setQueryData(["sync_chip", null], chip);
          fresh(["sync_page"]);
        },
        () => {
          const keep = (chip: SyncChipDto) => cache.setQueryData(["sync_chip", null], chip);
          ipc.call("sync_chip").then(keep, () => undefined);
        },
      ),
      ipc.listen("sync_progress", (progress) => {
        if (progress === null) fresh(AFTER_SYNC);
        else cache.setQueryData(["sync_progress", null], progress);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [ipc, cache]);

  const value = useMemo<SessionValue>(
    () => ({
      session,
      may: (permission) => session.permissions.includes(permission),
      takeResume: (draft) => {
        const point = resume.current;
        if (point === null || point.draft !== draft) return null;
        resume.current = null;
        return point;
      },
      beforeLock: (keep) => {
        keepers.current.add(keep);
        return () => keepers.current.delete(keep);
      },
      lockNow: () => {
        const kept = Promise.allSettled([...keepers.current].map((keep) => keep()));
        const late = new Promise((resolve) => setTimeout(resolve, 400));
        Promise.race([kept, late]).then(() => ipc.call("lock", { cause: "user" }).catch(() => undefined));
      },
    }),
    [session, ipc],
  );

  return (
    <SessionContext value={value}>
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </SessionContext>
  );
}

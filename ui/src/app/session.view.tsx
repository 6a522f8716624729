import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { SingleKeysContext } from "../components/shortcuts";
import type { SessionDto, SyncStatusDto } from "../ipc/bindings";
import { makeSessionCache } from "../ipc/ipc.query";
import { useIpc } from "../ipc/ipc-context";
import { SessionContext, type SessionValue } from "../session/session-context";
import { makeRouter } from "./router";

/** Queries whose replies a sync may change. */
const AFTER_SYNC = [
  "sync_page",
  "worklist",
  "open_chart",
  "chart_timeline",
  "chart_results",
  "chart_notes",
  "search_patients",
];

/** Everything between unlock and lock; the query cache, routes and forms end with it. */
export function Session({ session, route }: { session: SessionDto; route: string | undefined }) {
  const ipc = useIpc();
  const [cache] = useState(makeSessionCache);
  const [router] = useState(() => makeRouter(route ?? session.resume?.route ?? "/"));
  const saveCallbacks = useRef(new Set<() => Promise<unknown>>());
  const resume = useRef(session.resume);

  // INVARIANT: once the screens of a session are gone, none of its replies is in the cache.
  useLayoutEffect(() => () => cache.clear(), [cache]);

  useEffect(() => {
    const invalidate = (names: string[]) => {
      for (const name of names) cache.invalidateQueries({ queryKey: [name] });
    };
    // If a sync ends before events are received, only its completion time shows it: the chip is read again once events
    // are received, and a changed time invalidates the lists.
    let lastComplete: string | null | undefined;
    const stops = [
      cache.getQueryCache().subscribe(({ type, query }) => {
        if (type !== "updated" || query.queryKey[0] !== "sync_chip") return;
        const complete = (query.state.data as SyncStatusDto | undefined)?.complete;
        if (complete === undefined || complete === lastComplete) return;
        if (lastComplete !== undefined) invalidate(AFTER_SYNC);
        lastComplete = complete;
      }),
      ipc.listen(
        "sync_chip",
        (chip) => {
          cache.setQueryData(["sync_chip", null], chip);
          invalidate(["sync_page"]);
        },
        () => {
          const store = (chip: SyncStatusDto) => cache.setQueryData(["sync_chip", null], chip);
          ipc.call("sync_chip").then(store, () => undefined);
        },
      ),
      ipc.listen("sync_progress", (progress) => {
        if (progress === null) invalidate(AFTER_SYNC);
        else cache.setQueryData(["sync_progress", null], progress);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [ipc, cache]);

  const [singleKeys, setSingleKeys] = useState(session.singleKeys);

  const value = useMemo<SessionValue>(
    () => ({
      session,
      singleKeys,
      setSingleKeys: (on) => {
        setSingleKeys(on);
        ipc.call("set_single_keys", { on }).catch(() => undefined);
      },
      may: (permission) => session.permissions.includes(permission),
      takeResume: (draft) => {
        const point = resume.current;
        if (point === null || point.draft !== draft) return null;
        resume.current = null;
        return point;
      },
      beforeLock: (save) => {
        saveCallbacks.current.add(save);
        return () => saveCallbacks.current.delete(save);
      },
      lockNow: () => {
        const saved = Promise.allSettled([...saveCallbacks.current].map((save) => save()));
        const timeout = new Promise((resolve) => setTimeout(resolve, 400));
        Promise.race([saved, timeout]).then(() => ipc.call("lock", { cause: "user" }).catch(() => undefined));
      },
    }),
    [session, singleKeys, ipc],
  );

  return (
    <SessionContext value={value}>
      <SingleKeysContext value={singleKeys}>
        <QueryClientProvider client={cache}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </SingleKeysContext>
    </SessionContext>
  );
}

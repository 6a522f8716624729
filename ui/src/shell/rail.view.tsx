import { Link, useRouterState } from "@tanstack/react-router";
import { Keys } from "../components/keys.view";
import type { WorklistNameDto } from "../ipc/bindings";
import { useIpcQuery } from "../ipc/ipc.query";
import { useSession } from "../session/session-context";
import { useWords } from "../words/words";
import { planRail, type RailItem } from "./rail-plan";
import css from "./shell.module.css";

/** The navigation rail: the lists of the role, then sync and help. */
export function Rail({ onHelp }: { onHelp: () => void }) {
  const say = useWords();
  const { session, may } = useSession();
  const items = planRail(session.role, may);
  const home = items.find((item) => item.to.startsWith("/list/"))?.list;
  return (
    <nav className={css.rail} aria-label={say("rail.label")}>
      {home === undefined || session.waitingForGrant ? (
        items.map((item) => <RailLink key={item.to} item={item} count={undefined} />)
      ) : (
        <RailLinksWithCounts items={items} home={home} />
      )}
      <span className={css.space} />
      {may("run_sync") ? <RailLink item={{ to: "/sync", message: "rail.sync" }} count={undefined} /> : null}
      <button type="button" className={css.railItem} onClick={onHelp}>
        {say("rail.help")}
        <Keys>?</Keys>
      </button>
    </nav>
  );
}

function RailLinksWithCounts({ items, home }: { items: RailItem[]; home: WorklistNameDto }) {
  const counts = useIpcQuery("worklist", { list: home, offset: 0, limit: 100 }).data?.counts ?? [];
  return items.map((item) => (
    <RailLink key={item.to} item={item} count={counts.find(({ list }) => list === item.list)?.count} />
  ));
}

function RailLink({ item, count }: { item: RailItem; count: number | undefined }) {
  const say = useWords();
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <Link to={item.to} className={css.railItem} aria-current={path === item.to ? "page" : undefined}>
      {say(item.message)}
      {count === undefined || count === 0 ? null : <span>{count}</span>}
    </Link>
  );
}

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "../components/button.view";
import { Card, CardEmpty } from "../components/card.view";
import { Chip, type Tone } from "../components/chip.view";
import { FailureNotice } from "../components/failure-notice.view";
import type { SyncItemDto, SyncItemStateDto } from "../ipc/bindings";
import { useIpcMutation } from "../ipc/ipc.query";
import { useSession } from "../session/session-context";
import { formatDateTime } from "../words/dates";
import { messageFor, type Say, useWords } from "../words/words";
import css from "./sync.module.css";

/** The tone of each state, in the order of the list. */
const TONES: Record<SyncItemStateDto, Tone> = {
  damaged: "critical",
  conflict: "warn",
  rejected: "critical",
  pending: "pending",
  waits_for_rank: "grey",
};
const ORDER = Object.keys(TONES);

/** Changes that are pending, rejected or in conflict; those that need a decision come first. */
export function SyncItems({ items }: { items: SyncItemDto[] }) {
  const say = useWords();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const { may } = useSession();
  const retry = useIpcMutation("sync_retry");
  const sorted = items.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.changeSet - b.changeSet);
  return (
    <Card title={say("sync.items")} aside={items.length}>
      {retry.error === null ? null : <FailureNotice failure={retry.error} />}
      {items.length === 0 ? (
        <CardEmpty>{say("sync.items.none")}</CardEmpty>
      ) : (
        <ul>
          {sorted.map((item) => (
            <li key={`${item.changeSet}-${item.state}`} className={css.item}>
              <div className={css.itemText}>
                <b>{sayTitle(say, item)}</b>
                <div className={css.small}>
                  {say("sync.item.by", { author: item.author ?? "", at: formatDateTime(item.saved) })}
                </div>
              </div>
              <Chip tone={TONES[item.state]}>{say(`sync.item.${item.state}`)}</Chip>
              <ItemAction
                item={item}
                canDecide={may("resolve_conflict")}
                canRetry={may("run_sync")}
                onDecide={(conflict) => navigate({ to: "/conflict/$conflict", params: { conflict } })}
                onRetry={() =>
                  retry.mutate(
                    { changeSet: item.changeSet },
                    { onSuccess: (page) => cache.setQueryData(["sync_page", null], page) },
                  )
                }
              />
              {item.reason === null ? null : (
                <p className={css.reason}>
                  {item.reason === "unverified"
                    ? say("sync.item.unverified")
                    : say("sync.item.reason", { reason: item.reason })}
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** The kinds of record in one save. */
function sayTitle(say: Say, item: SyncItemDto): string {
  const kinds = item.kinds.map((kind) => {
    const id = messageFor("type", kind, "type.other");
    return id === "type.other" ? kind : say(id);
  });
  const all = kinds.join(", ");
  return `${all.charAt(0).toUpperCase()}${all.slice(1)}`;
}

interface ItemActionProps {
  item: SyncItemDto;
  canDecide: boolean;
  canRetry: boolean;
  onDecide: (conflict: string) => void;
  onRetry: () => void;
}

function ItemAction({ item, canDecide, canRetry, onDecide, onRetry }: ItemActionProps) {
  const say = useWords();
  const { conflict } = item;
  if (item.state === "conflict" && conflict !== null && canDecide) {
    return (
      <Button aria-label={say("sync.decide.name", { title: sayTitle(say, item) })} onPress={() => onDecide(conflict)}>
        {say("sync.decide")}
      </Button>
    );
  }
  if (item.state === "rejected" && canRetry) {
    return (
      <Button aria-label={say("sync.retry.name", { title: sayTitle(say, item) })} onPress={onRetry}>
        {say("sync.retry")}
      </Button>
    );
  }
  return null;
}

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../components/button.view";
import { Card, CardEmpty } from "../components/card.view";
import { Chip, type Tone } from "../components/chip.view";
import { FailureNotice } from "../components/failure-notice.view";
import type { SyncItemDto, SyncItemStateDto, WaitDto } from "../ipc/bindings";
import { useIpcMutation } from "../ipc/ipc.query";
import { useSession } from "../session/session-context";
import { formatDateTime } from "../words/dates";
import { messageFor, type Say, useWords } from "../words/words";
import { GiveUpDialog } from "./give-up.view";
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
  const [givenUp, setGivenUp] = useState<SyncItemDto | null>(null);
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
                {item.patientName === null ? null : <div>{item.patientName}</div>}
                <div className={css.small}>
                  {say("sync.item.by", { author: item.author ?? "", at: formatDateTime(item.saved) })}
                </div>
              </div>
              <Chip tone={TONES[item.state]}>{say(`sync.item.${item.state}`)}</Chip>
              <ItemAction
                item={item}
                canDecide={may("resolve_conflict")}
                canRetry={may("run_sync")}
                onGiveUp={() => setGivenUp(item)}
                onDecide={(conflict) => navigate({ to: "/conflict/$conflict", params: { conflict } })}
                onRetry={() =>
                  retry.mutate(
                    { changeSet: item.changeSet },
                    { onSuccess: (page) => cache.setQueryData(["sync_page", null], page) },
                  )
                }
              />
              {item.waitsFor === null ? null : <p className={css.reason}>{sayWait(say, item.waitsFor)}</p>}
              {item.reason === null ? null : (
                <p className={css.reason}>
                  {item.reason === "unverified"
                    ? say("sync.item.unverified")
                    : say("sync.item.reason", { reason: item.reason })}
                </p>
              )}
              {item.rejected.flatMap(({ reference, fields }) =>
                fields.map((field) => (
                  <p key={`${reference} ${field}`} className={css.reason}>
                    {say("sync.item.field", { field })}
                  </p>
                )),
              )}
            </li>
          ))}
        </ul>
      )}
      <GiveUpDialog
        item={givenUp}
        title={givenUp === null ? "" : sayTitle(say, givenUp)}
        onClose={() => setGivenUp(null)}
        onDone={(page) => cache.setQueryData(["sync_page", null], page)}
      />
    </Card>
  );
}

/** What the server is waited for. */
function sayWait(say: Say, { cause, status }: WaitDto): string {
  const text = say(`sync.wait.${cause}`);
  return status === null ? text : say("sync.wait.status", { text, status });
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
  onGiveUp: () => void;
}

function ItemAction({ item, canDecide, canRetry, onDecide, onRetry, onGiveUp }: ItemActionProps) {
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
      <>
        <Button aria-label={say("sync.retry.name", { title: sayTitle(say, item) })} onPress={onRetry}>
          {say("sync.retry")}
        </Button>
        <Button aria-label={say("sync.give_up.name", { title: sayTitle(say, item) })} onPress={onGiveUp}>
          {say("sync.give_up")}
        </Button>
      </>
    );
  }
  return null;
}

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "../components/button.view";
import { Card, CardEmpty } from "../components/card.view";
import { Facts } from "../components/facts.view";
import { FailureNotice } from "../components/failure-notice.view";
import { Page } from "../components/page.view";
import type { SyncPageDto, SyncProgressDto, SyncStoppedDto, SyncTypeDto } from "../ipc/bindings";
import { useIpcMutation, useIpcQuery } from "../ipc/ipc.query";
import { useSession } from "../session/session-context";
import { formatDateTime } from "../words/dates";
import { formatBytes, formatCount } from "../words/numbers";
import { messageFor, type Say, useWords } from "../words/words";
import css from "./sync.module.css";
import { SyncChips } from "./sync-chip.view";
import { SyncItems } from "./sync-items.view";
import { SyncProgress } from "./sync-progress.view";

/** What was sent and received, what is pending, and what needs a decision. */
export function SyncPage() {
  const say = useWords();
  const cache = useQueryClient();
  const { may } = useSession();
  const reply = useIpcQuery("sync_page");
  const live = useQuery<SyncProgressDto | null>({
    queryKey: ["sync_progress", null],
    queryFn: () => null,
    enabled: false,
  });
  const storeReply = { onSuccess: (page: SyncPageDto) => cache.setQueryData(["sync_page", null], page) };
  const now = useIpcMutation("sync_now");
  const cancel = useIpcMutation("sync_cancel");
  const page = reply.data;
  const running = page?.chip.state === "running";
  return (
    <Page
      title={say("sync.title")}
      scrolling
      actions={
        running ? (
          <Button onPress={() => cancel.mutate(undefined, storeReply)} isDisabled={cancel.isPending}>
            {say("sync.cancel")}
          </Button>
        ) : may("run_sync") ? (
          <Button variant="primary" onPress={() => now.mutate(undefined, storeReply)} isDisabled={now.isPending}>
            {say("sync.now")}
          </Button>
        ) : undefined
      }
    >
      {now.error === null ? null : <FailureNotice failure={now.error} />}
      {reply.error === null ? null : <FailureNotice failure={reply.error} onRetry={() => reply.refetch()} />}
      {page === undefined ? null : (
        <div className={css.columns}>
          <div className={css.column}>
            <State page={page} progress={running ? (live.data ?? page.progress) : null} />
            <SyncItems items={page.items} />
          </div>
          <Types page={page} />
        </div>
      )}
    </Page>
  );
}

function State({ page, progress }: { page: SyncPageDto; progress: SyncProgressDto | null }) {
  const say = useWords();
  const facts: [string, string][] = [
    [say("sync.complete"), sayComplete(say, page)],
    [say("sync.server"), page.server ?? ""],
    [say("sync.bytes"), say("sync.bytes.value", { up: formatBytes(page.bytesUp), down: formatBytes(page.bytesDown) })],
    [say("sync.audit"), formatCount(page.auditPending)],
  ];
  if (page.stopped !== null) facts.push([say("sync.stopped"), sayStopped(say, page.stopped)]);
  if (page.linksElsewhere !== null)
    facts.push([say("sync.links"), say("sync.links.value", { origin: page.linksElsewhere })]);
  return (
    <Card title={say("sync.state")}>
      <div className={css.head}>
        <SyncChips chip={page.chip} now={new Date()} />
      </div>
      {progress === null ? null : <SyncProgress progress={progress} />}
      <Facts facts={facts} className={css.facts} />
    </Card>
  );
}

/** The time of the claim, and when its types were last compared with the server. */
function sayComplete(say: Say, { chip, types }: SyncPageDto): string {
  if (chip.complete === null) return say("chip.never");
  const at = formatDateTime(chip.complete);
  const compared = types.filter((type) => type.complete !== null).map((type) => type.compared ?? "");
  const oldest = compared.sort()[0] ?? "";
  return oldest === ""
    ? say("sync.complete.untold", { at })
    : say("sync.complete.compared", { at, compared: formatDateTime(oldest) });
}

function sayStopped(say: Say, { code, status }: SyncStoppedDto): string {
  const reason = say(messageFor("failure", `${code}.title`, "failure.internal.title"));
  return status === null ? reason : say("sync.stopped.status", { reason, status });
}

/** What is known of the time of a type, or why it has none. */
function sayType(say: Say, { complete, compared, state, status }: SyncTypeDto): string {
  if (state !== "complete") return say(`sync.type.${state}`, { status: status ?? "" });
  if (complete === null) return "";
  return compared === null ? say("sync.type.untold") : say("sync.type.compared", { at: formatDateTime(compared) });
}

function Types({ page }: { page: SyncPageDto }) {
  const say = useWords();
  return (
    <Card title={say("sync.types")} aside={say("sync.types.aside")}>
      {page.types.length === 0 ? (
        <CardEmpty>{say("sync.types.none")}</CardEmpty>
      ) : (
        <ul>
          {page.types.map((type) => (
            <li key={type.resourceType} className={css.type}>
              <span>
                {say(messageFor("type", type.resourceType, "type.other"))}
                <span className={css.basis}>{sayType(say, type)}</span>
              </span>
              <span>{formatCount(type.count)}</span>
              <span>{type.complete === null ? say("sync.type.incomplete") : formatDateTime(type.complete)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

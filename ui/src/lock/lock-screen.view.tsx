import { useState } from "react";
import { Button } from "../components/button.view";
import { DemoStrip } from "../components/demo-strip.view";
import { Notice } from "../components/notice.view";
import type { LockScreenDto, SessionDto } from "../ipc/bindings";
import { SyncChips } from "../sync/sync-chip.view";
import { formatDate, formatDateTime, formatTime, weekdayOf } from "../words/dates";
import { useDeviceTime } from "../words/device-time";
import { type MessageId, messageFor, useWords } from "../words/words";
import { FirstRun } from "./first-run.view";
import css from "./lock-screen.module.css";
import { LockTiles } from "./lock-tiles.view";
import { UnlockForm } from "./unlock-form.view";

interface Props {
  screen: LockScreenDto;
  onUnlocked: (session: SessionDto) => void;
  onEnrol: () => void;
  /** Reads the state of the lock screen again. */
  onRefresh: () => void;
}

/** Everything a locked workstation shows: time, site, users and pending changes; never a patient. */
export function LockScreen({ screen, onUnlocked, onEnrol, onRefresh }: Props) {
  const say = useWords();
  return (
    <div className={css.page}>
      {screen.demo ? <DemoStrip /> : null}
      <main className={css.center}>
        <div className={css.column}>
          <LockHead screen={screen} />
          <LockBody screen={screen} onUnlocked={onUnlocked} onEnrol={onEnrol} onRefresh={onRefresh} />
          {screen.blocked === null && screen.users.length > 0 ? (
            <p className={css.foot}>
              {screen.draftsKept ? `${say("lock.drafts")} ` : ""}
              {say("lock.after", { minutes: screen.lockMinutes })} {say("lock.code.tip")}
            </p>
          ) : null}
        </div>
      </main>
    </div>
  );
}

function LockHead({ screen }: { screen: LockScreenDto }) {
  const say = useWords();
  const now = useDeviceTime(screen.now);
  const iso = now.toISOString();
  const location = [screen.workstation, screen.site ?? ""].filter((part) => part !== "").join(", ");
  return (
    <header>
      <div className={css.head}>
        <h1 className={css.clock}>
          <time dateTime={iso}>{formatTime(iso)}</time>
        </h1>
        {screen.users.length === 0 ? null : (
          <div className={css.chips}>
            <SyncChips chip={screen.sync} now={now} />
          </div>
        )}
      </div>
      <p className={css.location}>
        {say(`weekday.${weekdayOf(iso)}` as MessageId)} {formatDate(iso)}
        {location === "" ? "" : ` · ${location}`}
      </p>
    </header>
  );
}

function LockBody({ screen, onUnlocked, onEnrol, onRefresh }: Props) {
  const say = useWords();
  const [chosen, setChosen] = useState(screen.lastUser ?? screen.users[0]?.user ?? "");
  const user = screen.users.find(({ user }) => user === chosen) ?? screen.users[0];
  if (screen.blocked !== null) {
    return (
      <Blocked
        title={say(messageFor("lock.blocked", `${screen.blocked}.title`, "lock.blocked.other.title"))}
        next={say(messageFor("lock.blocked", `${screen.blocked}.next`, "lock.blocked.other.next"))}
        incident={screen.incident}
        onRetry={onRefresh}
      />
    );
  }
  if (screen.keychain !== "ready") {
    return (
      <Blocked
        title={say(`lock.keychain.${screen.keychain}.title`)}
        next={say(`lock.keychain.${screen.keychain}.next`)}
        incident={null}
        onRetry={onRefresh}
      />
    );
  }
  if (user === undefined) return <FirstRun onEnrol={onEnrol} />;
  return (
    <>
      {screen.clockWrong ? (
        <Notice tone="warn" role="status" title={say("lock.clock.title", { now: formatDateTime(screen.now) })}>
          {say("lock.clock.next")}
        </Notice>
      ) : null}
      <LockTiles users={screen.users} chosen={user.user} onChoose={setChosen} onSomeoneElse={onEnrol} />
      <UnlockForm
        key={user.user}
        user={user}
        clockWrong={screen.clockWrong}
        now={screen.now}
        onUnlocked={onUnlocked}
        onRefused={onRefresh}
        onSignIn={onEnrol}
      />
    </>
  );
}

interface BlockedProps {
  title: string;
  next: string;
  /** The incident id in the local log. */
  incident: string | null;
  onRetry: () => void;
}

function Blocked({ title, next, incident, onRetry }: BlockedProps) {
  const say = useWords();
  return (
    <div className={css.form}>
      <Notice tone="critical" role="alert" title={title}>
        {next}
        {incident === null ? null : <div>{say("failure.incident", { incident })}</div>}
      </Notice>
      <div>
        <Button variant="primary" onPress={onRetry}>
          {say("lock.retry")}
        </Button>
      </div>
    </div>
  );
}

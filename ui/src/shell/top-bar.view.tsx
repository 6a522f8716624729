import { useNavigate, useRouterState } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "../components/button.view";
import { Keys } from "../components/keys.view";
import { useReply } from "../ipc/reply.query";
import { useSession } from "../session/session-context";
import { SyncChips } from "../sync/sync-chip.view";
import { useNarrow, useRoomy } from "../theme/narrow";
import { useWords } from "../words/words";
import css from "./shell.module.css";

/** Search, sync, who and where, lock. */
export function TopBar() {
  const say = useWords();
  const navigate = useNavigate();
  const { session, may, lockNow } = useSession();
  const chip = useReply("sync_chip").data;
  const narrow = useNarrow();
  const roomy = useRoomy();
  // Several things wait at once: fewer words, so that every one of them and the lock button stay in the bar.
  const waits = [chip?.conflicts, chip?.failed, chip?.pending].filter((count) => (count ?? 0) > 0).length;
  const short = narrow || (waits > 1 && !roomy);
  const role = say(`role.${session.role}`);
  return (
    <header className={css.top}>
      <span className={css.brand}>{say("app.name")}</span>
      {may("search_patients") ? <FindBox /> : null}
      <span className={css.space} />
      {chip === undefined ? null : may("run_sync") ? (
        <button type="button" className={css.chips} title={say("chip.label")} onClick={() => navigate({ to: "/sync" })}>
          <SyncChips chip={chip} now={new Date()} short={short} />
        </button>
      ) : (
        <span className={css.chips}>
          <SyncChips chip={chip} now={new Date()} short={short} />
        </span>
      )}
      <span className={css.who}>
        <span className={css.person}>{session.name}</span>
        <span className={css.site} title={session.site}>
          {session.site === "" ? role : say("top.role", { role, site: session.site })}
        </span>
      </span>
      <Button onPress={lockNow} keys="Ctrl L">
        {say("top.lock")}
      </Button>
    </header>
  );
}

/** Shows the hits while somebody types. */
function FindBox() {
  const say = useWords();
  const navigate = useNavigate();
  const box = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [text, setText] = useState("");
  const at = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => () => clearTimeout(timer.current), []);
  // Whoever opens a chart right after typing stays there: hits that were still due would take the chart away.
  useEffect(() => {
    if (at === "/search") return;
    clearTimeout(timer.current);
    timer.current = undefined;
  }, [at]);
  const go = (q: string) => {
    clearTimeout(timer.current);
    timer.current = undefined;
    navigate({ to: "/search", search: { q } });
  };
  return (
    <search className={css.find}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go(text.trim());
        }}
      >
        <Search size={16} aria-hidden="true" className={css.findMark} />
        <input
          id="find-patient"
          ref={box}
          type="search"
          maxLength={200}
          className={css.findInput}
          aria-label={say("top.find")}
          placeholder={say("top.find")}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            const typed = event.target.value;
            setText(typed);
            clearTimeout(timer.current);
            timer.current = undefined;
            if (typed.trim().length > 1) timer.current = setTimeout(() => go(typed.trim()), 200);
          }}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") {
              event.preventDefault();
              // Rows that do not belong to what stands in the box yet must not be opened with it.
              if (timer.current !== undefined) go(text.trim());
              else document.querySelector<HTMLElement>("[data-row] button")?.focus();
            }
            if (event.key === "Escape") box.current?.blur();
          }}
        />
        <span className={css.findKeys}>
          <Keys>Ctrl K</Keys>
        </span>
      </form>
    </search>
  );
}

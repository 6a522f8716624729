import { useNavigate, useRouterState } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "../components/button.view";
import { Keys } from "../components/keys.view";
import { useIpcQuery } from "../ipc/ipc.query";
import { useSession } from "../session/session-context";
import { SyncChips } from "../sync/sync-chip.view";
import { useNarrowWindow, useWideWindow } from "../theme/window-width";
import { useWords } from "../words/words";
import css from "./shell.module.css";

/** Search, sync state, user and site, lock button. */
export function TopBar() {
  const say = useWords();
  const navigate = useNavigate();
  const { session, may, lockNow } = useSession();
  const chip = useIpcQuery("sync_chip").data;
  const narrow = useNarrowWindow();
  const wide = useWideWindow();
  // With several chips at once the texts are shorter, so that all of them and the lock button fit in the bar.
  const chips = [chip?.conflicts, chip?.failed, chip?.pending].filter((count) => (count ?? 0) > 0).length;
  const short = narrow || (chips > 1 && !wide);
  const role = say(`role.${session.role}`);
  return (
    <header className={css.top}>
      <span className={css.brand}>{say("app.name")}</span>
      {may("search_patients") ? <SearchBox /> : null}
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
        <span className={css.site} title={session.site ?? undefined}>
          {session.site === null ? role : say("top.role", { role, site: session.site })}
        </span>
      </span>
      <Button onPress={lockNow} keys="Ctrl L">
        {say("top.lock")}
      </Button>
    </header>
  );
}

/** The patient search; opens the results while the user types. */
function SearchBox() {
  const say = useWords();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [text, setText] = useState("");
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => () => clearTimeout(timer.current), []);
  // A chart opened right after typing stays open: a search that is still pending would replace it.
  useEffect(() => {
    if (path === "/search") return;
    clearTimeout(timer.current);
    timer.current = undefined;
  }, [path]);
  const search = (q: string) => {
    clearTimeout(timer.current);
    timer.current = undefined;
    navigate({ to: "/search", search: { q } });
  };
  return (
    <search className={css.find}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          search(text.trim());
        }}
      >
        <Search size={16} aria-hidden="true" className={css.findMark} />
        <input
          id="find-patient"
          ref={input}
          type="search"
          maxLength={200}
          className={css.findInput}
          aria-label={say("top.find")}
          placeholder={say("top.find")}
          autoComplete="off"
          spellCheck={false}
          value={text}
          // The next search replaces the last one.
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => {
            const typed = event.target.value;
            setText(typed);
            clearTimeout(timer.current);
            timer.current = undefined;
            if (typed.trim().length > 1) timer.current = setTimeout(() => search(typed.trim()), 200);
          }}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") {
              event.preventDefault();
              // The rows on the page may still belong to an earlier text and must not be opened with this one.
              if (timer.current !== undefined) search(text.trim());
              else document.querySelector<HTMLElement>("[data-row] button")?.focus();
            }
            if (event.key === "Escape") input.current?.blur();
          }}
        />
        <span className={css.findKeys}>
          <Keys>Ctrl K</Keys>
        </span>
      </form>
    </search>
  );
}

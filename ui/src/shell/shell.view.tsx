import { Outlet, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { DemoStrip } from "../components/demo-strip.view";
import { Notice } from "../components/notice.view";
import { useShortcuts } from "../components/shortcuts";
import { useActivityReport } from "../session/activity";
import { useReturnPoint } from "../session/return-point";
import { useSession } from "../session/session-context";
import { useWords } from "../words/words";
import { useFocusRescue } from "./focus-rescue";
import { LockWarning } from "./lock-warning.view";
import { Palette } from "./palette.view";
import { Rail } from "./rail.view";
import { SessionNotices } from "./session-notices.view";
import css from "./shell.module.css";
import { ShortcutSheet } from "./shortcut-sheet.view";
import { TopBar } from "./top-bar.view";

/** The frame around every screen of an open session. */
export function Shell() {
  const say = useWords();
  const { session, may, lockNow } = useSession();
  const router = useRouter();
  const [palette, setPalette] = useState(false);
  const [sheet, setSheet] = useState(false);
  useActivityReport();
  useReturnPoint();
  useFocusRescue();
  useShortcuts({
    "ctrl+k": () => setPalette(true),
    "ctrl+l": lockNow,
    "?": () => setSheet(true),
    "/": () => document.querySelector<HTMLInputElement>("#find-patient")?.focus(),
  });

  return (
    <div className={css.shell}>
      <div className={css.demo}>{session.demo ? <DemoStrip /> : null}</div>
      <TopBar />
      <Rail onHelp={() => setSheet(true)} />
      <main className={css.main}>
        <SessionNotices />
        {session.waitingForGrant ? (
          <div className={css.waiting}>
            <Notice tone="info" role="status" title={say("waiting.title")}>
              {say("waiting.next")}
            </Notice>
          </div>
        ) : (
          <Outlet />
        )}
      </main>
      <Palette
        open={palette}
        onClose={() => setPalette(false)}
        onHelp={() => setSheet(true)}
        onGo={(to) => router.history.push(to)}
        searchable={may("search_patients")}
      />
      <ShortcutSheet open={sheet} onClose={() => setSheet(false)} />
      <LockWarning />
    </div>
  );
}

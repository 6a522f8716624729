import { useCallback, useEffect, useState } from "react";
import { I18nProvider } from "react-aria-components";
import { flushSync } from "react-dom";
import { IntlProvider } from "react-intl";
import { FailureNotice } from "../components/failure-notice.view";
import { Enrol } from "../enrol/enrol.view";
import type { FailureDto, LockScreenDto, SessionDto } from "../ipc/bindings";
import { asFailure } from "../ipc/failure";
import type { Ipc } from "../ipc/ipc";
import { IpcContext } from "../ipc/ipc-context";
import { LockScreen } from "../lock/lock-screen.view";
import { type ThemeChoice, ThemeContext, useThemeSwitch } from "../theme/theme";
import { messages, useWords } from "../words/words";
import css from "./app.module.css";
import { Session } from "./session.view";

type Phase =
  | { at: "starting" }
  | { at: "locked"; screen: LockScreenDto }
  | { at: "enrolling"; demo: boolean }
  | { at: "open"; session: SessionDto }
  | { at: "opaque" }
  | { at: "failed"; failure: FailureDto };

interface Props {
  ipc: Ipc;
  theme?: ThemeChoice;
  /** Where a session begins; the role's home unless a test or the gallery says otherwise. */
  route?: string;
}

/** The whole interface over one boundary. The language is always given: `navigator.language` is "C" under LANG=C. */
export function App({ ipc, theme, route }: Props) {
  const themeSwitch = useThemeSwitch(theme);
  return (
    <IntlProvider locale="en" messages={messages} onError={raiseMissing}>
      <I18nProvider locale="en">
        <IpcContext value={ipc}>
          <ThemeContext value={themeSwitch}>
            <Phases ipc={ipc} route={route} />
          </ThemeContext>
        </IpcContext>
      </I18nProvider>
    </IntlProvider>
  );
}

function raiseMissing(error: Error) {
  if (import.meta.env.MODE !== "production") throw error;
}

function Phases({ ipc, route }: { ipc: Ipc; route: string | undefined }) {
  const say = useWords();
  const [phase, setPhase] = useState<Phase>({ at: "starting" });

  const readLock = useCallback(
    () =>
      ipc.call("lock_screen").then(
        (screen) => setPhase({ at: "locked", screen }),
        (error) => setPhase({ at: "failed", failure: asFailure(error) }),
      ),
    [ipc],
  );

  const start = useCallback(
    () =>
      ipc.call("session").then(
        (session) => setPhase({ at: "open", session }),
        () => readLock(),
      ),
    [ipc, readLock],
  );

  useEffect(() => {
    start();
  }, [start]);

  // INVARIANT: nothing of a session is on the page or in React's state once `locking` has been heard.
  useEffect(() => ipc.listen("locking", () => flushSync(() => setPhase({ at: "opaque" }))), [ipc]);

  switch (phase.at) {
    case "starting":
      return <main className={css.blank} aria-busy="true" aria-label={say("app.starting")} />;
    case "opaque":
      return <main className={css.blank} aria-label={say("app.opaque")} />;
    case "locked":
      return (
        <LockScreen
          screen={phase.screen}
          onUnlocked={(session) => setPhase({ at: "open", session })}
          onEnrol={() => setPhase({ at: "enrolling", demo: phase.screen.demo })}
          onRefresh={readLock}
        />
      );
    case "enrolling":
      return <Enrol demo={phase.demo} onLeave={readLock} />;
    case "open":
      return <Session session={phase.session} route={route} />;
    case "failed":
      return (
        <main className={css.failed}>
          <FailureNotice failure={phase.failure} onRetry={start} />
        </main>
      );
  }
}

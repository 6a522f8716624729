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
import { TextSizeContext, useTextSizeState } from "../theme/text-size";
import { type ThemeChoice, ThemeContext, useThemeState } from "../theme/theme";
import { messages, useWords } from "../words/words";
import css from "./app.module.css";
import { Session } from "./session.view";
import { TextSizeStatus } from "./text-size-status.view";

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
  /** The first route of a session; by default the home of the role. */
  route?: string;
}

/** The whole interface. The locale is always given, because `navigator.language` is "C" under LANG=C. */
export function App({ ipc, theme, route }: Props) {
  const themeState = useThemeState(theme);
  const textSizeState = useTextSizeState(ipc);
  return (
    <IntlProvider locale="en" messages={messages} onError={throwOutsideProduction}>
      <I18nProvider locale="en">
        <IpcContext value={ipc}>
          <ThemeContext value={themeState}>
            <TextSizeContext value={textSizeState}>
              <Phases ipc={ipc} route={route} />
              <TextSizeStatus />
            </TextSizeContext>
          </ThemeContext>
        </IpcContext>
      </I18nProvider>
    </IntlProvider>
  );
}

function throwOutsideProduction(error: Error) {
  if (import.meta.env.MODE !== "production") throw error;
}

function Phases({ ipc, route }: { ipc: Ipc; route: string | undefined }) {
  const say = useWords();
  const [phase, setPhase] = useState<Phase>({ at: "starting" });

  const showLockScreen = useCallback(
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
        () => showLockScreen(),
      ),
    [ipc, showLockScreen],
  );

  useEffect(() => {
    start();
  }, [start]);

  // INVARIANT: once `locking` has been received, no session data is on the page or in React state.
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
          onRefresh={showLockScreen}
        />
      );
    case "enrolling":
      return <Enrol demo={phase.demo} onLeave={showLockScreen} />;
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

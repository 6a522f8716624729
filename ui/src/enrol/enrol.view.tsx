import { useCallback, useEffect, useState } from "react";
import { DemoStrip } from "../components/demo-strip.view";
import { FailureNotice } from "../components/failure-notice.view";
import type { EnrolStateDto, FailureDto } from "../ipc/bindings";
import { asFailure } from "../ipc/failure";
import { useIpc } from "../ipc/ipc-context";
import { useWords } from "../words/words";
import { BrowserStep } from "./browser-step.view";
import { CodeStep } from "./code-step.view";
import { DoneStep } from "./done-step.view";
import css from "./enrol.module.css";
import { FailedStep } from "./failed-step.view";
import { PasswordStep } from "./password-step.view";
import { ServerStep } from "./server-step.view";

const STEPS = ["idle", "browser", "password", "code"] as const;

/** Enrols a user: server and workstation, clinic sign-in in the browser, password, authenticator app, code. */
export function Enrol({ demo, onLeave }: { demo: boolean; onLeave: () => void }) {
  const say = useWords();
  const ipc = useIpc();
  const [state, setState] = useState<EnrolStateDto | null>(null);
  const [failure, setFailure] = useState<FailureDto | null>(null);
  const [busy, setBusy] = useState(false);

  const run = useCallback((command: () => Promise<EnrolStateDto>) => {
    setBusy(true);
    setFailure(null);
    command()
      .then(setState, (error) => setFailure(asFailure(error)))
      .finally(() => setBusy(false));
  }, []);

  useEffect(() => run(() => ipc.call("enrol_state")), [run, ipc]);

  const waiting = state?.step === "browser";
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(
      () => ipc.call("enrol_state").then(setState, (error) => setFailure(asFailure(error))),
      1000,
    );
    return () => clearInterval(timer);
  }, [waiting, ipc]);

  const cancel = () => {
    ipc.call("enrol_cancel").catch(() => undefined);
    onLeave();
  };
  const restart = () => run(() => ipc.call("enrol_cancel"));
  const shared = { run, busy, failure, onCancel: cancel };
  const current = STEPS.indexOf((state?.step ?? "idle") as (typeof STEPS)[number]);
  return (
    <div className={css.page}>
      {demo ? <DemoStrip /> : null}
      <main className={css.center}>
        <div className={css.column}>
          {current < 0 ? null : (
            <ol className={css.steps} aria-label={say("enrol.steps")}>
              {STEPS.map((step, index) => (
                <li
                  key={step}
                  className={css.step}
                  data-state={index < current ? "done" : "open"}
                  aria-current={index === current ? "step" : undefined}
                >
                  {say(`enrol.step.${step}`)}
                </li>
              ))}
            </ol>
          )}
          <section className={css.card} aria-live="polite" aria-busy={busy}>
            {state === null ? (
              failure === null ? null : (
                <FailureNotice failure={failure} onRetry={restart} />
              )
            ) : state.step === "idle" ? (
              <ServerStep state={state} {...shared} />
            ) : state.step === "browser" ? (
              <BrowserStep state={state} {...shared} onCancel={restart} />
            ) : state.step === "password" ? (
              <PasswordStep state={state} {...shared} />
            ) : state.step === "code" ? (
              <CodeStep state={state} {...shared} />
            ) : state.step === "done" ? (
              <DoneStep waiting={state.waitingForGrant} setAside={state.setAside} onLeave={onLeave} />
            ) : (
              <FailedStep code={state.code} problem={state.problem} onRestart={restart} onLeave={cancel} />
            )}
          </section>
        </div>
      </main>
    </div>
  );
}

import { useCallback, useEffect, useRef, useState } from "react";
import { Button } from "../components/button.view";
import { FailureNotice } from "../components/failure-notice.view";
import { Notice } from "../components/notice.view";
import { BrowserWait } from "../enrol/browser-wait.view";
import type { FailureDto, SignInStateDto } from "../ipc/bindings";
import { asFailure } from "../ipc/failure";
import { useIpc } from "../ipc/ipc-context";
import { useWords } from "../words/words";
import css from "./sign-in.module.css";
import { SignInProblem } from "./sign-in-problem.view";

/** Milliseconds between two reads of the sign-in state. */
const POLL_INTERVAL = 1000;

interface Props {
  /** The user id on the lock screen, or null for the user of the open session. */
  user: string | null;
  /** The message shown after success. */
  doneText: string;
  onDone: () => void;
  onCancel: () => void;
}

/** Signs an enrolled user in at the clinic again: starts immediately and waits for the browser. */
export function SignIn({ user, doneText, onDone, onCancel }: Props) {
  const say = useWords();
  const ipc = useIpc();
  const [state, setState] = useState<SignInStateDto>({ step: "idle" });
  const [failure, setFailure] = useState<FailureDto | null>(null);
  const started = useRef(false);

  const start = useCallback(() => {
    setFailure(null);
    setState({ step: "idle" });
    ipc.call("sign_in_again", { user }).then(setState, (error) => setFailure(asFailure(error)));
  }, [ipc, user]);

  useEffect(() => {
    if (started.current) return;
    started.current = true;
    start();
  }, [start]);

  const waiting = state.step === "browser";
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(
      () => ipc.call("sign_in_state").then(setState, (error) => setFailure(asFailure(error))),
      POLL_INTERVAL,
    );
    return () => clearInterval(timer);
  }, [waiting, ipc]);

  // When this is closed for any reason, a pending sign-in is cancelled.
  const finished = useRef(false);
  finished.current = state.step === "done";
  useEffect(
    () => () => {
      if (!finished.current) ipc.call("sign_in_cancel").catch(() => undefined);
    },
    [ipc],
  );
  const failed =
    failure ??
    (state.step === "failed"
      ? { code: state.code, incident: "", waitSeconds: null, attemptsLeft: null, fields: [], replacedBy: [] }
      : null);

  if (failed !== null) {
    const problem = failure === null && state.step === "failed" ? state.problem : null;
    return (
      <div className={css.body}>
        {problem !== null ? (
          <SignInProblem problem={problem} />
        ) : failed.code === "refused" ? (
          <Notice tone="critical" role="alert" title={say("signin.other.title")}>
            {say("signin.other.next")}
          </Notice>
        ) : (
          <FailureNotice failure={failed} />
        )}
        <div className={css.foot}>
          <Button onPress={onCancel}>{say("dialog.cancel")}</Button>
          <Button variant="primary" onPress={start} autoFocus>
            {say("enrol.failed.again")}
          </Button>
        </div>
      </div>
    );
  }
  if (state.step === "done") {
    return (
      <div className={css.body}>
        <Notice tone="ok" role="status" title={say("signin.done.title")}>
          {doneText}
        </Notice>
        <div className={css.foot}>
          <span />
          <Button variant="primary" onPress={onDone} autoFocus>
            {say("signin.done.go")}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <div className={css.body} aria-busy={state.step === "idle"}>
      <p>{say("signin.lead")}</p>
      {state.step === "browser" ? <BrowserWait address={state.address} onCancel={onCancel} /> : null}
    </div>
  );
}

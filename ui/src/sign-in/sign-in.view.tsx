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

/** Milliseconds between two looks at how far the browser is. */
const LOOK = 1000;

interface Props {
  /** The tile of the lock screen, or empty for whoever is unlocked. */
  user: string;
  /** What is said when it has worked. */
  done: string;
  onDone: () => void;
  onCancel: () => void;
}

/** The clinic sign-in again, for somebody who is enrolled: begins at once and waits for the browser. */
export function SignIn({ user, done, onDone, onCancel }: Props) {
  const say = useWords();
  const ipc = useIpc();
  const [state, setState] = useState<SignInStateDto>({ step: "idle" });
  const [failure, setFailure] = useState<FailureDto | null>(null);
  const begun = useRef(false);

  const begin = useCallback(() => {
    setFailure(null);
    setState({ step: "idle" });
    ipc.call("sign_in_again", { user }).then(setState, (error) => setFailure(asFailure(error)));
  }, [ipc, user]);

  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    begin();
  }, [begin]);

  const waiting = state.step === "browser";
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(
      () => ipc.call("sign_in_state").then(setState, (error) => setFailure(asFailure(error))),
      LOOK,
    );
    return () => clearInterval(timer);
  }, [waiting, ipc]);

  // Whatever closes this, no sign-in goes on behind the page.
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
      ? { code: state.code, incident: "", waitSeconds: null, attemptsLeft: null, fields: [] }
      : null);

  if (failed !== null) {
    return (
      <div className={css.body}>
        {failed.code === "refused" ? (
          <Notice tone="critical" role="alert" title={say("signin.other.title")}>
            {say("signin.other.next")}
          </Notice>
        ) : (
          <FailureNotice failure={failed} />
        )}
        <div className={css.foot}>
          <Button onPress={onCancel}>{say("dialog.cancel")}</Button>
          <Button look="primary" onPress={begin} autoFocus>
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
          {done}
        </Notice>
        <div className={css.foot}>
          <span />
          <Button look="primary" onPress={onDone} autoFocus>
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

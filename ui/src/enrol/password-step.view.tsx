import { useState } from "react";
import { Button } from "../components/button.view";
import { FailureNotice } from "../components/failure-notice.view";
import { TextField } from "../components/field.view";
import { useIpc } from "../ipc/ipc-context";
import { messageFor, useWords } from "../words/words";
import css from "./enrol.module.css";
import { ratePassword } from "./password-strength";
import { StepHead } from "./step-head.view";
import type { StepProps } from "./step-props";

const BARS = [1, 2, 3, 4] as const;

/** The workstation password, typed twice. */
export function PasswordStep({ state, run, busy, failure, onCancel }: StepProps<"password">) {
  const say = useWords();
  const ipc = useIpc();
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const [shown, setShown] = useState(false);
  const [tried, setTried] = useState(false);
  const strength = ratePassword(first, state.minChars);
  const rejected = failure?.fields.find(({ field }) => field === "password");
  const short = [...first].length < state.minChars;
  const type = shown ? "text" : "password";
  return (
    <form
      className={css.manual}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!short && first === second) run(() => ipc.call("enrol_password", { password: first }));
      }}
    >
      <StepHead
        title={say("enrol.password.title", { name: state.name })}
        lead={say("enrol.password.lead", { role: say(`role.${state.role}`) })}
      />
      <TextField
        label={say("enrol.password")}
        type={type}
        hint={say("enrol.password.hint", { count: state.minChars })}
        error={
          tried && short
            ? say("enrol.password.too_short", { count: state.minChars })
            : rejected === undefined
              ? undefined
              : say(messageFor("enrol.password", rejected.reason, "enrol.password.refused"), { count: state.minChars })
        }
        value={first}
        onChange={(event) => setFirst(event.target.value)}
        autoFocus
      />
      <div>
        <div className={css.strength} aria-hidden="true">
          {BARS.map((bar) => (
            <span key={bar} className={css.bar} data-on={strength >= bar} />
          ))}
        </div>
        <p className={css.small} role="status">
          {first === "" ? say("enrol.strength.idle") : say(`enrol.strength.${strength}`)}
        </p>
      </div>
      <TextField
        label={say("enrol.password.again")}
        type={type}
        error={tried && first !== second ? say("enrol.password.differs") : undefined}
        value={second}
        onChange={(event) => setSecond(event.target.value)}
      />
      <div>
        <Button variant="link" onPress={() => setShown(!shown)}>
          {say(shown ? "enrol.password.hide" : "enrol.password.show")}
        </Button>
      </div>
      {failure === null || rejected !== undefined ? null : <FailureNotice failure={failure} />}
      <div className={css.foot}>
        <Button onPress={onCancel}>{say("dialog.cancel")}</Button>
        <Button type="submit" variant="primary" isDisabled={busy}>
          {say("enrol.next")}
        </Button>
      </div>
    </form>
  );
}

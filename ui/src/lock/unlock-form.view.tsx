import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "../components/button.view";
import { CodeInput } from "../components/code-input.view";
import { DateAndTime } from "../components/date-and-time.view";
import { TextField } from "../components/field.view";
import type { FailureDto, LockUserDto, SessionDto } from "../ipc/bindings";
import { asFailure } from "../ipc/failure";
import { useIpc } from "../ipc/ipc-context";
import { SignIn } from "../sign-in/sign-in.view";
import { nearestLocalDateTime, toLocalDateTime } from "../words/dates";
import { useCountdown } from "../words/device-time";
import { useWords } from "../words/words";
import css from "./lock-screen.module.css";
import { NextCode } from "./next-code.view";
import { PhoneTime } from "./phone-time.view";
import { UnlockFailure } from "./unlock-failure.view";
import { UserNotice } from "./user-notice.view";

/** In the last seconds of the wait a typed code may already be the new one, because clocks differ slightly. */
const CLOCK_TOLERANCE = 2;

interface Props {
  user: LockUserDto;
  clockWrong: boolean;
  /** The time of this computer. */
  now: string;
  onUnlocked: (session: SessionDto) => void;
  /** The attempt counters have changed, so the lock screen must be read again. */
  onRefused: () => void;
  onSignIn: () => void;
}

/** Password and code, or the password alone to resume a session. */
export function UnlockForm({ user, clockWrong, now, onUnlocked, onRefused, onSignIn }: Props) {
  const say = useWords();
  const ipc = useIpc();
  const passwordInput = useRef<HTMLInputElement>(null);
  const codeInput = useRef<HTMLInputElement>(null);
  const [code, setCode] = useState("");
  const [phone, setPhone] = useState({ date: "", time: "" });
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState(false);
  const [failure, setFailure] = useState<FailureDto | null>(null);
  const [needsCode, setNeedsCode] = useState(!user.resume);
  const wait = useCountdown(failure?.code === "throttled" ? (failure.waitSeconds ?? 0) : user.waitSeconds, failure);
  const codeSecondsLeft = useCountdown(needsCode ? user.codeSeconds : 0, user.codeSeconds);
  const [early, setEarly] = useState(false);
  const [signingIn, setSigningIn] = useState(false);
  const needsPhoneTime = !clockWrong && needsCode && (user.asksPhoneTime || failure?.code === "unlock_refused");
  const unavailable = user.state === "held" || user.state === "damaged";

  useEffect(() => {
    if (!unavailable) passwordInput.current?.focus();
  }, [unavailable]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const password = passwordInput.current?.value ?? "";
    const hasPhoneTime = clockWrong || (needsPhoneTime && phone.time.trim() !== "");
    const phoneTime = clockWrong
      ? toLocalDateTime(phone.date, phone.time)
      : hasPhoneTime
        ? nearestLocalDateTime(phone.time.trim(), new Date(now))
        : null;
    if (password === "" || (needsCode && code.length < 6) || (hasPhoneTime && phoneTime === null)) {
      setMissing(true);
      (password === "" ? passwordInput : codeInput).current?.focus();
      return;
    }
    // The phone still shows the code that was used: it is not sent and no attempt is counted.
    if (needsCode && codeSecondsLeft > CLOCK_TOLERANCE) {
      setMissing(false);
      setEarly(true);
      codeInput.current?.focus();
      return;
    }
    setEarly(false);
    setMissing(false);
    setBusy(true);
    try {
      onUnlocked(await ipc.call("unlock", { user: user.user, password, code: needsCode ? code : null, phoneTime }));
    } catch (error) {
      const refused = asFailure(error);
      setFailure(refused);
      setCode("");
      setPhone({ date: phone.date, time: "" });
      setBusy(false);
      if (refused.code === "code_used") codeInput.current?.focus();
      else if (passwordInput.current !== null) {
        // A wrong password ends the resume, so the code is required from now on.
        setNeedsCode(true);
        passwordInput.current.value = "";
        passwordInput.current.focus();
      }
      onRefused();
    }
  };

  // A damaged key file cannot be released by a sign-in: the user has to enrol again.
  const signIn = (damaged: boolean) => (damaged ? onSignIn() : setSigningIn(true));

  if (signingIn) {
    return (
      <section className={css.form} aria-label={say("signin.title")}>
        <h2>{say("signin.title")}</h2>
        <SignIn
          user={user.user}
          doneText={say("signin.done.locked")}
          onDone={() => {
            setSigningIn(false);
            onRefused();
          }}
          onCancel={() => setSigningIn(false)}
        />
      </section>
    );
  }
  return (
    <form className={css.form} onSubmit={submit} noValidate aria-label={user.name}>
      <UserNotice user={user} onSignIn={() => signIn(user.state === "damaged")} />
      {clockWrong && !unavailable ? (
        <div className={css.clockline}>
          <DateAndTime value={phone} onChange={setPhone} />
        </div>
      ) : null}
      {unavailable ? null : (
        <div className={css.line}>
          <TextField label={say("lock.password")} type="password" tall ref={passwordInput} autoComplete="off" />
          {needsCode ? (
            <CodeInput label={say("lock.code")} value={code} onChange={setCode} ref={codeInput} />
          ) : (
            <span />
          )}
          <Button type="submit" variant="primary" className={css.unlock ?? ""} isDisabled={busy || wait > 0}>
            {say(busy ? "lock.unlocking" : "lock.unlock")}
          </Button>
        </div>
      )}
      {needsPhoneTime && !unavailable && wait === 0 ? (
        <PhoneTime value={phone.time} onChange={(time) => setPhone({ ...phone, time })} />
      ) : null}
      {needsCode && !unavailable && wait === 0 && failure?.code !== "code_used" ? (
        <NextCode left={codeSecondsLeft} early={early} />
      ) : null}
      {failure !== null || wait > 0 ? <UnlockFailure failure={failure} wait={wait} onSignIn={signIn} /> : null}
      {missing ? (
        <p role="alert" className={css.missing}>
          {say(
            clockWrong
              ? "lock.missing.clock"
              : phone.time !== ""
                ? "lock.missing.phone"
                : needsCode
                  ? "lock.missing"
                  : "lock.missing.password",
          )}
        </p>
      ) : null}
      {!needsCode && failure === null ? <p className={css.resumeText}>{say("lock.resume")}</p> : null}
    </form>
  );
}

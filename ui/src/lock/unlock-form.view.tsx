import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "../components/button.view";
import { CodeBoxes } from "../components/code-boxes.view";
import { DateAndTime } from "../components/date-and-time.view";
import { TextField } from "../components/field.view";
import type { FailureDto, LockUserDto, SessionDto } from "../ipc/bindings";
import { asFailure } from "../ipc/failure";
import { useIpc } from "../ipc/ipc-context";
import { SignIn } from "../sign-in/sign-in.view";
import { makeLocalStamp, nearestLocalStamp } from "../words/dates";
import { useCountdown } from "../words/ticking";
import { useWords } from "../words/words";
import { CodeWait } from "./code-wait.view";
import css from "./lock-screen.module.css";
import { PhoneTime } from "./phone-time.view";
import { UnlockFailure } from "./unlock-failure.view";
import { UserNotice } from "./user-notice.view";

/** Seconds of the wait in which a code that is typed may be the new one already: clocks differ a little. */
const GRACE = 2;

interface Props {
  user: LockUserDto;
  clockWrong: boolean;
  /** What this computer's clock shows. */
  now: string;
  onUnlocked: (session: SessionDto) => void;
  /** The counters have moved: the tiles are read again. */
  onRefused: () => void;
  onSignIn: () => void;
}

/** Password and code, or the password alone to resume. */
export function UnlockForm({ user, clockWrong, now, onUnlocked, onRefused, onSignIn }: Props) {
  const say = useWords();
  const ipc = useIpc();
  const passwordBox = useRef<HTMLInputElement>(null);
  const codeBox = useRef<HTMLInputElement>(null);
  const [code, setCode] = useState("");
  const [phone, setPhone] = useState({ date: "", time: "" });
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState(false);
  const [failure, setFailure] = useState<FailureDto | null>(null);
  const [asksCode, setAsksCode] = useState(!user.resume);
  const wait = useCountdown(failure?.code === "throttled" ? (failure.waitSeconds ?? 0) : user.waitSeconds, failure);
  const next = useCountdown(asksCode ? user.codeSeconds : 0, user.codeSeconds);
  const [early, setEarly] = useState(false);
  const [signingIn, setSigningIn] = useState(false);
  const asksPhone = !clockWrong && asksCode && (user.asksPhoneTime || failure?.code === "unlock_refused");
  const shut = user.state === "held" || user.state === "lease_ended" || user.state === "damaged";

  useEffect(() => {
    if (!shut) passwordBox.current?.focus();
  }, [shut]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const password = passwordBox.current?.value ?? "";
    const typesPhone = clockWrong || (asksPhone && phone.time.trim() !== "");
    const phoneTime = clockWrong
      ? makeLocalStamp(phone.date, phone.time)
      : typesPhone
        ? nearestLocalStamp(phone.time.trim(), new Date(now))
        : null;
    if (password === "" || (asksCode && code.length < 6) || (typesPhone && phoneTime === null)) {
      setMissing(true);
      (password === "" ? passwordBox : codeBox).current?.focus();
      return;
    }
    // The code on the phone is the one that was used: it is not sent, and nothing is counted.
    if (asksCode && next > GRACE) {
      setMissing(false);
      setEarly(true);
      codeBox.current?.focus();
      return;
    }
    setEarly(false);
    setMissing(false);
    setBusy(true);
    try {
      onUnlocked(await ipc.call("unlock", { user: user.user, password, code: asksCode ? code : null, phoneTime }));
    } catch (error) {
      const refused = asFailure(error);
      setFailure(refused);
      setCode("");
      setPhone({ date: phone.date, time: "" });
      setBusy(false);
      if (refused.code === "code_used") codeBox.current?.focus();
      else if (passwordBox.current !== null) {
        // A wrong password ends the resume, so the code is asked for from here on.
        setAsksCode(true);
        passwordBox.current.value = "";
        passwordBox.current.focus();
      }
      onRefused();
    }
  };

  // A damaged key file has nothing left that a sign-in could release: that person enrols again.
  const signIn = (damaged: boolean) => (damaged ? onSignIn() : setSigningIn(true));

  if (signingIn) {
    return (
      <section className={css.form} aria-label={say("signin.title")}>
        <h2>{say("signin.title")}</h2>
        <SignIn
          user={user.user}
          done={say("signin.done.locked")}
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
      {clockWrong && !shut ? (
        <div className={css.clockline}>
          <DateAndTime value={phone} onChange={setPhone} />
        </div>
      ) : null}
      {shut ? null : (
        <div className={css.line}>
          <TextField label={say("lock.password")} type="password" tall ref={passwordBox} autoComplete="off" />
          {asksCode ? <CodeBoxes label={say("lock.code")} value={code} onChange={setCode} ref={codeBox} /> : <span />}
          <Button type="submit" look="primary" className={css.unlock ?? ""} isDisabled={busy || wait > 0}>
            {say(busy ? "lock.unlocking" : "lock.unlock")}
          </Button>
        </div>
      )}
      {asksPhone && !shut && wait === 0 ? (
        <PhoneTime value={phone.time} onChange={(time) => setPhone({ ...phone, time })} />
      ) : null}
      {asksCode && !shut && wait === 0 && failure?.code !== "code_used" ? <CodeWait left={next} early={early} /> : null}
      {failure !== null || wait > 0 ? <UnlockFailure failure={failure} wait={wait} onSignIn={signIn} /> : null}
      {missing ? (
        <p role="alert" className={css.missing}>
          {say(
            clockWrong
              ? "lock.missing.clock"
              : phone.time !== ""
                ? "lock.missing.phone"
                : asksCode
                  ? "lock.missing"
                  : "lock.missing.password",
          )}
        </p>
      ) : null}
      {!asksCode && failure === null ? <p className={css.say}>{say("lock.resume")}</p> : null}
    </form>
  );
}

import { Countdown } from "../components/countdown.view";
import { useWords } from "../words/words";
import css from "./lock-screen.module.css";

/** Validity of a code in seconds. */
const CODE_SECONDS = 30;

interface Props {
  /** Seconds until the next unused code. */
  left: number;
  /** The user tried to unlock before that. */
  early: boolean;
}

/** After a code was used: the time until the next one, so that the old one is not typed again. */
export function NextCode({ left, early }: Props) {
  const say = useWords();
  if (left === 0) return null;
  return (
    <p className={css.nextCode} role={early ? "alert" : "status"}>
      <Countdown left={left} total={CODE_SECONDS} />
      <span>
        {say("lock.code.next")} <span aria-hidden="true">{say("lock.code.next.in", { seconds: left })}</span>
      </span>
    </p>
  );
}

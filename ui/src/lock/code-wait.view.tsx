import { Countdown } from "../components/countdown.view";
import { useWords } from "../words/words";
import css from "./lock-screen.module.css";

/** How long a code lasts, seconds. */
const STEP = 30;

interface Props {
  /** Seconds until a code comes that was not used yet. */
  left: number;
  /** Somebody has tried before that. */
  early: boolean;
}

/** After a code was used: when the next one comes, so that nobody types the old one again. */
export function CodeWait({ left, early }: Props) {
  const say = useWords();
  if (left === 0) return null;
  return (
    <p className={css.codeWait} role={early ? "alert" : "status"}>
      <Countdown left={left} of={STEP} />
      <span>
        {say("lock.code.next")} <span aria-hidden="true">{say("lock.code.next.in", { seconds: left })}</span>
      </span>
    </p>
  );
}

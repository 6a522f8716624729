import css from "./countdown.module.css";

/** Length of the ring's line; its radius is 7. */
const ROUND = 2 * Math.PI * 7;

/** A ring that empties with the seconds; the number always stands in the words beside it. */
export function Countdown({ left, of }: { left: number; of: number }) {
  return (
    <svg className={css.ring} viewBox="0 0 18 18" width="18" height="18" aria-hidden="true" focusable="false">
      <circle className={css.track} cx="9" cy="9" r="7" />
      <circle
        className={css.left}
        cx="9"
        cy="9"
        r="7"
        strokeDasharray={ROUND}
        strokeDashoffset={ROUND * (1 - Math.min(1, left / of))}
      />
    </svg>
  );
}

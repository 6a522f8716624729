import css from "./countdown.module.css";

/** Circumference of the ring, in the units of its view box. */
const CIRCUMFERENCE = 2 * Math.PI * 7;

/** A ring that empties with the seconds; the text next to it always gives the number. */
export function Countdown({ left, total }: { left: number; total: number }) {
  return (
    <svg className={css.ring} viewBox="0 0 18 18" width="18" height="18" aria-hidden="true" focusable="false">
      <circle className={css.track} cx="9" cy="9" r="7" />
      <circle
        className={css.left}
        cx="9"
        cy="9"
        r="7"
        strokeDasharray={CIRCUMFERENCE}
        strokeDashoffset={CIRCUMFERENCE * (1 - Math.min(1, left / total))}
      />
    </svg>
  );
}

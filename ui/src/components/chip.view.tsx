import type { ReactNode } from "react";
import css from "./chip.module.css";

/** The meaning of a chip's colour; its text always says the same. */
export type Tone = "grey" | "pending" | "warn" | "critical" | "ok" | "info";

interface Props {
  /** `alert` stands out among critical ones. */
  tone: Tone | "alert";
  dot?: boolean;
  /** Wraps instead of being truncated. */
  wrap?: boolean;
  children: ReactNode;
}

/** A short state in words, with a dot if the state changes over time. */
export function Chip({ tone, dot = false, wrap = false, children }: Props) {
  return (
    <span className={`${css.chip} ${css[tone]} ${wrap ? css.wrap : ""}`}>
      {dot ? <span className={css.dot} aria-hidden="true" /> : null}
      {children}
    </span>
  );
}

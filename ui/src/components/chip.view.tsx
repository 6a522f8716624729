import type { ReactNode } from "react";
import css from "./chip.module.css";

/** What a chip's colour means; the words beside it say the same. */
export type Tone = "grey" | "pending" | "warn" | "critical" | "ok" | "info";

interface Props {
  tone: Tone;
  dot?: boolean;
  /** Breaks into lines where there is no room: what must not be cut off. */
  wrap?: boolean;
  children: ReactNode;
}

/** A short state in words, with a dot where it stands for something that changes. */
export function Chip({ tone, dot = false, wrap = false, children }: Props) {
  return (
    <span className={`${css.chip} ${css[tone]} ${wrap ? css.wrap : ""}`}>
      {dot ? <span className={css.dot} aria-hidden="true" /> : null}
      {children}
    </span>
  );
}

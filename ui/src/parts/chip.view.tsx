import type { ReactNode } from "react";
import css from "./chip.module.css";

/** What a chip's colour means; the words beside it say the same. */
export type Tone = "grey" | "pending" | "warn" | "critical" | "ok" | "info";

/** A short state in words, with a dot where it stands for something that changes. */
export function Chip({ tone, dot = false, children }: { tone: Tone; dot?: boolean; children: ReactNode }) {
  return (
    <span className={`${css.chip} ${css[tone]}`}>
      {dot ? <span className={css.dot} aria-hidden="true" /> : null}
      {children}
    </span>
  );
}

import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Tone } from "./chip.view";
import css from "./notice.module.css";

const MARKS = {
  critical: CircleAlert,
  warn: TriangleAlert,
  info: Info,
  pending: Info,
  ok: CircleCheck,
  grey: Info,
} as const;

interface Props {
  tone: Tone;
  /** What happened. */
  title: ReactNode;
  /** What is safe and what to do next. */
  children?: ReactNode;
  /** A link at the end of the first line. */
  act?: ReactNode;
  /** `alert` is read out at once, `status` when there is a pause. */
  role?: "alert" | "status" | "note";
}

/** A message that stays where it belongs; there are no toasts. */
export function Notice({ tone, title, children, act, role = "note" }: Props) {
  const Mark = MARKS[tone];
  return (
    <div role={role} className={`${css.notice} ${css[tone]}`}>
      <Mark size={16} aria-hidden="true" />
      <span className={css.title}>{title}</span>
      {act === undefined ? null : <span className={css.act}>{act}</span>}
      {children === undefined ? null : <div className={css.body}>{children}</div>}
    </div>
  );
}

import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Tone } from "./chip.view";
import css from "./notice.module.css";

const ICONS = {
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
  action?: ReactNode;
  /** `alert` is read out at once, `status` when there is a pause. */
  role?: "alert" | "status" | "note";
}

/** A message in the page, next to what it is about; there are no toasts. */
export function Notice({ tone, title, children, action, role = "note" }: Props) {
  const Icon = ICONS[tone];
  return (
    <div role={role} className={`${css.notice} ${css[tone]}`}>
      <Icon size={16} aria-hidden="true" />
      <span className={css.title}>{title}</span>
      {action === undefined ? null : <span className={css.action}>{action}</span>}
      {children === undefined ? null : <div className={css.body}>{children}</div>}
    </div>
  );
}

import type { ReactNode } from "react";
import css from "./page.module.css";

interface Props {
  title: string;
  /** Counts and the like, beside the title. */
  aside?: ReactNode;
  /** Buttons at the end; one primary at most. */
  actions?: ReactNode;
  /** For pages of cards; lists scroll by themselves. */
  scrolling?: boolean;
  children: ReactNode;
}

/** A page of the shell. */
export function Page({ title, aside, actions, scrolling = false, children }: Props) {
  return (
    <div
      className={`${css.page} ${scrolling ? css.scrolling : ""}`}
      // A page of cards may hold nothing to tab to, so what scrolls takes the focus itself.
      {...(scrolling ? { tabIndex: 0, role: "region", "aria-label": title } : {})}
    >
      <header className={css.head}>
        <h1 className={css.title}>{title}</h1>
        <span className={css.aside} role="status">
          {aside}
        </span>
        <span className={css.space} />
        {actions}
      </header>
      {children}
    </div>
  );
}

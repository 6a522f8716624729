import type { ReactNode } from "react";
import css from "./page.module.css";

interface Props {
  title: string;
  /** Counts and similar, next to the title. */
  aside?: ReactNode;
  /** Buttons at the end of the header; at most one primary. */
  actions?: ReactNode;
  /** The page itself scrolls; tables scroll on their own. */
  scrolling?: boolean;
  children: ReactNode;
}

/** The frame of a screen: title, counts, actions, content. */
export function Page({ title, aside, actions, scrolling = false, children }: Props) {
  return (
    <div
      className={`${css.page} ${scrolling ? css.scrolling : ""}`}
      // A page of cards may have no focusable element, so the scrolling element takes the focus itself.
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

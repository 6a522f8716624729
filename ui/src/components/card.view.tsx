import { type ReactNode, useId } from "react";
import css from "./card.module.css";

interface Props {
  title: string;
  /** Secondary text at the end of the header. */
  aside?: ReactNode;
  tone?: "plain" | "warn" | "critical";
  className?: string;
  children: ReactNode;
}

/** A titled group of facts about one subject. */
export function Card({ title, aside, tone = "plain", className, children }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={`${css.card} ${tone === "plain" ? "" : css[tone]} ${className ?? ""}`}>
      <header className={css.head}>
        <h2 id={id}>{title}</h2>
        {aside === undefined ? null : <span className={css.aside}>{aside}</span>}
      </header>
      {children}
    </section>
  );
}

/** One line of a card, with its age or date and its menu at the end. */
export function CardRow({ children, end, menu }: { children: ReactNode; end?: ReactNode; menu?: ReactNode }) {
  return (
    <li className={css.row}>
      <div>{children}</div>
      {end === undefined ? null : <span className={css.end}>{end}</span>}
      {menu === undefined ? null : <span className={css.menu}>{menu}</span>}
    </li>
  );
}

/** The text of a card that has no content. */
export function CardEmpty({ children }: { children: ReactNode }) {
  return <p className={css.empty}>{children}</p>;
}

import css from "./keys.module.css";

/** A keyboard shortcut next to its action; screen reader users find it in the shortcut sheet instead. */
export function Keys({ children }: { children: string }) {
  return (
    <span aria-hidden="true" data-keys="" className={css.keys}>
      {children}
    </span>
  );
}

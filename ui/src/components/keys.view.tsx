import css from "./keys.module.css";

/** A shortcut beside what it does; a screen reader hears it from the shortcut sheet instead. */
export function Keys({ children }: { children: string }) {
  return (
    <span aria-hidden="true" data-keys="" className={css.keys}>
      {children}
    </span>
  );
}

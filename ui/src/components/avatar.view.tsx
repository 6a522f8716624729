import css from "./avatar.module.css";

/** Initials in a circle; the full name is always next to it. */
export function Avatar({ initials }: { initials: string }) {
  return (
    <span aria-hidden="true" className={css.avatar}>
      {initials}
    </span>
  );
}

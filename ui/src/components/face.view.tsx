import css from "./face.module.css";

/** Initials in a circle; the full name always stands beside it. */
export function Face({ initials, plain = false }: { initials: string; plain?: boolean }) {
  return (
    <span aria-hidden="true" className={`${css.face} ${plain ? css.plain : ""}`}>
      {initials}
    </span>
  );
}

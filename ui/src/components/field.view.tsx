import { type ComponentProps, useId } from "react";
import css from "./field.module.css";

interface Shared {
  label: string;
  hint?: string | undefined;
  /** Why what was typed is not acceptable. */
  problem?: string | undefined;
  tall?: boolean;
}

type TextProps = Shared & ComponentProps<"input">;

/** A labelled line of text. */
export function TextField({ label, hint, problem, tall = false, className, ...input }: TextProps) {
  const id = useId();
  const said = `${id}-said`;
  return (
    <div className={`${css.field} ${className ?? ""}`}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      <input
        spellCheck={false}
        autoComplete="off"
        {...input}
        id={id}
        className={`${css.input} ${tall ? css.tall : ""}`}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={problem === undefined && hint === undefined ? undefined : said}
      />
      <Said id={said} hint={hint} problem={problem} />
    </div>
  );
}

type AreaProps = Shared & ComponentProps<"textarea">;

/** A labelled text of several lines. */
export function AreaField({ label, hint, problem, tall: _tall, className, ...area }: AreaProps) {
  const id = useId();
  const said = `${id}-said`;
  return (
    <div className={`${css.field} ${className ?? ""}`}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      <textarea
        spellCheck={false}
        {...area}
        id={id}
        className={css.input}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={problem === undefined && hint === undefined ? undefined : said}
      />
      <Said id={said} hint={hint} problem={problem} />
    </div>
  );
}

function Said({ id, hint, problem }: { id: string; hint?: string | undefined; problem?: string | undefined }) {
  if (problem !== undefined) {
    return (
      <span id={id} role="alert" className={css.problem}>
        {problem}
      </span>
    );
  }
  return hint === undefined ? null : (
    <span id={id} className={css.hint}>
      {hint}
    </span>
  );
}

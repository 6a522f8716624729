import { type ComponentProps, useId } from "react";
import css from "./field.module.css";

interface FieldProps {
  label: string;
  hint?: string | undefined;
  /** Why the input is not accepted. */
  error?: string | undefined;
}

interface TextFieldProps extends FieldProps, ComponentProps<"input"> {
  tall?: boolean;
}

/** A labelled single-line text field. */
export function TextField({ label, hint, error, tall = false, className, ...input }: TextFieldProps) {
  const id = useId();
  const messageId = `${id}-message`;
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
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={error === undefined && hint === undefined ? undefined : messageId}
      />
      <FieldMessage id={messageId} hint={hint} error={error} />
    </div>
  );
}

type TextAreaFieldProps = FieldProps & ComponentProps<"textarea">;

/** A labelled multi-line text field. */
export function TextAreaField({ label, hint, error, className, ...area }: TextAreaFieldProps) {
  const id = useId();
  const messageId = `${id}-message`;
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
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={error === undefined && hint === undefined ? undefined : messageId}
      />
      <FieldMessage id={messageId} hint={hint} error={error} />
    </div>
  );
}

function FieldMessage({ id, hint, error }: { id: string; hint?: string | undefined; error?: string | undefined }) {
  if (error !== undefined) {
    return (
      <span id={id} role="alert" className={css.error}>
        {error}
      </span>
    );
  }
  return hint === undefined ? null : (
    <span id={id} className={css.hint}>
      {hint}
    </span>
  );
}

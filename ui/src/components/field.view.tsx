import { type ComponentProps, type ReactNode, useId } from "react";
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
  return (
    <Field label={label} hint={hint} error={error} className={className}>
      {(aria) => (
        <input
          spellCheck={false}
          autoComplete="off"
          {...input}
          {...aria}
          className={`${css.input} ${tall ? css.tall : ""}`}
        />
      )}
    </Field>
  );
}

type TextAreaFieldProps = FieldProps & ComponentProps<"textarea">;

/** A labelled multi-line text field. */
export function TextAreaField({ label, hint, error, className, ...area }: TextAreaFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} className={className}>
      {(aria) => <textarea spellCheck={false} {...area} {...aria} className={css.input} />}
    </Field>
  );
}

type InputAria = Pick<ComponentProps<"input">, "aria-invalid" | "aria-describedby"> & { id: string };

/** The label above an input and the message below it, both connected to it. */
function Field({
  label,
  hint,
  error,
  className,
  children,
}: FieldProps & { className: string | undefined; children: (aria: InputAria) => ReactNode }) {
  const id = useId();
  const messageId = `${id}-message`;
  return (
    <div className={`${css.field} ${className ?? ""}`}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        "aria-invalid": error === undefined ? undefined : true,
        "aria-describedby": error === undefined && hint === undefined ? undefined : messageId,
      })}
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

import { type ComponentProps, useId } from "react";
import css from "./code-input.module.css";

const POSITIONS = [0, 1, 2, 3, 4, 5] as const;

interface Props extends Pick<ComponentProps<"input">, "ref" | "disabled"> {
  label: string;
  value: string;
  onChange: (digits: string) => void;
}

/** A six-digit code: one labelled input drawn over six boxes, so that paste and screen readers see a single field. */
export function CodeInput({ label, value, onChange, ref, disabled }: Props) {
  const id = useId();
  const active = Math.min(value.length, 5);
  return (
    <div className={css.code}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      <div className={css.boxes}>
        <input
          ref={ref}
          id={id}
          className={css.input}
          inputMode="numeric"
          autoComplete="one-time-code"
          spellCheck={false}
          disabled={disabled}
          value={value}
          onChange={(event) => onChange(event.target.value.replace(/\D/g, "").slice(0, 6))}
        />
        {POSITIONS.map((position) => (
          <span key={position} aria-hidden="true" className={`${css.box} ${position === active ? css.next : ""}`}>
            {value.charAt(position)}
          </span>
        ))}
      </div>
    </div>
  );
}

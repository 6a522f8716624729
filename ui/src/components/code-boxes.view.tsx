import { type ComponentProps, useId } from "react";
import css from "./code-boxes.module.css";

const PLACES = [0, 1, 2, 3, 4, 5] as const;

interface Props extends Pick<ComponentProps<"input">, "ref" | "disabled"> {
  label: string;
  value: string;
  onChange: (digits: string) => void;
}

/** Six boxes drawn behind one labelled input, so that paste, keyboard and screen reader see a single field. */
export function CodeBoxes({ label, value, onChange, ref, disabled }: Props) {
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
        {PLACES.map((place) => (
          <span key={place} aria-hidden="true" className={`${css.box} ${place === active ? css.next : ""}`}>
            {value.charAt(place)}
          </span>
        ))}
      </div>
    </div>
  );
}

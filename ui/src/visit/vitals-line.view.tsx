import { useId } from "react";
import type { VitalFindingDto } from "../ipc/bindings";
import { messageFor, useWords } from "../words/words";
import css from "./form.module.css";
import type { VitalsField } from "./vitals-fields";

interface Props {
  field: VitalsField;
  value: string;
  onChange: (text: string) => void;
  finding: VitalFindingDto | undefined;
  /** Why Rust would not take it, if it said so at saving. */
  rejected: string | undefined;
}

/** One number with its unit, and what is unusual about it. */
export function VitalsLine({ field, value, onChange, finding, rejected }: Props) {
  const say = useWords();
  const id = useId();
  const grade = finding?.grade ?? rejected;
  const blocked = grade === "impossible" || grade === "not_a_number";
  const tone = blocked ? css.blocked : grade === "improbable" ? css.improbable : css.abnormal;
  return (
    <div className={css.line}>
      <label htmlFor={id}>{say(field.label)}</label>
      <input
        id={id}
        className={css.input}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        data-field={field.key}
        value={value}
        aria-invalid={blocked || undefined}
        aria-describedby={grade === undefined ? undefined : `${id}-said`}
        onChange={(event) => onChange(event.target.value.replace(",", ".").trimStart())}
      />
      <span className={css.unit}>{field.unit}</span>
      {grade === undefined ? null : (
        <span id={`${id}-said`} role="status" className={`${css.said} ${tone}`}>
          {say(messageFor("finding", grade, "finding.other"), { low: finding?.low ?? "", high: finding?.high ?? "" })}
        </span>
      )}
    </div>
  );
}

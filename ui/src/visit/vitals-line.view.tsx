import { useId } from "react";
import type { FieldReasonDto, VitalFindingDto } from "../ipc/bindings";
import { messageFor, useWords } from "../words/words";
import css from "./form.module.css";
import type { VitalsField } from "./vitals-fields";

interface Props {
  field: VitalsField;
  value: string;
  onChange: (text: string) => void;
  finding: VitalFindingDto | undefined;
  /** Why Rust rejected the value on saving. */
  rejected: FieldReasonDto | undefined;
}

/** One numeric field with its unit and the finding about its value. */
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
        aria-describedby={grade === undefined ? undefined : `${id}-finding`}
        onChange={(event) => onChange(event.target.value.replace(",", ".").trimStart())}
      />
      <span className={css.unit}>{field.unit}</span>
      {grade === undefined ? null : (
        <span id={`${id}-finding`} role="status" className={`${css.finding} ${tone}`}>
          {say(messageFor("finding", grade, "finding.other"), { low: finding?.low ?? "", high: finding?.high ?? "" })}
          {finding?.source == null ? null : ` ${say("finding.source", { source: finding.source })}`}
        </span>
      )}
    </div>
  );
}

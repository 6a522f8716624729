import { Fragment } from "react";
import { Chip } from "../components/chip.view";
import type { VitalPointDto } from "../ipc/bindings";
import { splitValue } from "../words/values";
import { useWords } from "../words/words";
import { FlaggedValue } from "./flagged-value.view";
import resultsCss from "./results.module.css";

/** A measurement with its flags: `162 mmHg H / 98 mmHg`. */
export function Measurement({ point, below = false }: { point: VitalPointDto; below?: boolean }) {
  const say = useWords();
  const units = point.values.map(({ value }) => (value.kind === "quantity" ? value.quantity.unit : null));
  const [first, second] = units;
  return (
    <>
      {point.values.map(({ sign, value, flag, interpretation }, index) => {
        // The unit of a pressure stands once, after the second value.
        const isShort = index === 0 && point.values.length === 2 && first === second && value.kind === "quantity";
        const shownValue =
          isShort && value.kind === "quantity" ? { ...value, quantity: { ...value.quantity, unit: null } } : value;
        const { shown, recorded } = splitValue(say, shownValue);
        const alone = sign === "diastolic" && point.values.length === 1;
        return (
          <Fragment key={sign}>
            {index > 0 || alone ? <span> / </span> : null}
            <FlaggedValue value={shown} flag={flag} recorded={below ? null : recorded} />
            {interpretation.map((text) => (
              <Chip key={text} tone="info" wrap>
                {text}
              </Chip>
            ))}
            {below && recorded !== null ? (
              <span className={resultsCss.recorded}>{say("value.recorded", { value: recorded })}</span>
            ) : null}
          </Fragment>
        );
      })}
    </>
  );
}

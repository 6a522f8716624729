import { Fragment } from "react";
import type { VitalPointDto } from "../ipc/bindings";
import { MeasuredValue } from "./measured-value.view";

/** A measurement with its flags: `162 mmHg H / 98 mmHg`. */
export function Measurement({ point, below = false }: { point: VitalPointDto; below?: boolean }) {
  const units = point.values.map(({ value }) => (value.kind === "quantity" ? value.quantity.unit : null));
  const [first, second] = units;
  return (
    <>
      {point.values.map(({ sign, value, flag, interpretation }, index) => {
        // The unit of a pressure stands once, after the second value.
        const isShort = index === 0 && point.values.length === 2 && first === second && value.kind === "quantity";
        const shownValue =
          isShort && value.kind === "quantity" ? { ...value, quantity: { ...value.quantity, unit: null } } : value;
        const alone = sign === "diastolic" && point.values.length === 1;
        return (
          <Fragment key={sign}>
            {index > 0 || alone ? <span> / </span> : null}
            <MeasuredValue value={shownValue} flag={flag} interpretation={interpretation} below={below} />
          </Fragment>
        );
      })}
    </>
  );
}

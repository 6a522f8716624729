import { Fragment } from "react";
import { Chip } from "../components/chip.view";
import type { FlagDto, ValueDto } from "../ipc/bindings";
import { splitValue } from "../words/values";
import { useWords } from "../words/words";
import { FlaggedValue } from "./flagged-value.view";
import css from "./results.module.css";

interface Props {
  value: ValueDto;
  flag: FlagDto | null;
  /** Interpretations as recorded, where the flag does not say them. */
  interpretation: readonly string[];
  /** Shows what was recorded below the value instead of in its title. */
  below?: boolean;
}

/** A recorded value with its flag and with what its laboratory says about it. */
export function MeasuredValue({ value, flag, interpretation, below = false }: Props) {
  const say = useWords();
  const { shown, recorded } = splitValue(say, value);
  return (
    <>
      <FlaggedValue value={shown} flag={flag} recorded={below ? null : recorded} />
      {interpretation.map((text) => (
        <Fragment key={text}>
          {" "}
          <Chip tone="info" wrap>
            {text}
          </Chip>
        </Fragment>
      ))}
      {below && recorded !== null ? (
        <span className={css.recorded}>{say("value.recorded", { value: recorded })}</span>
      ) : null}
    </>
  );
}

import type { ReactNode } from "react";
import type { FlagDto } from "../ipc/bindings";
import { useWords } from "../words/words";
import css from "./flagged-value.module.css";

interface FlaggedValueProps {
  value: string;
  flag: FlagDto | null;
  /** The value as recorded, if it is shown rounded. */
  recorded?: string | null;
}

/** A value with its flag: bold, and red with a letter if it is out of range. */
export function FlaggedValue({ value, flag, recorded = null }: FlaggedValueProps) {
  const shown = flag === null ? value : `${value} ${flag}`;
  const className = flag === null ? css.valued : css.flagged;
  return recorded === null ? (
    <span className={className}>{shown}</span>
  ) : (
    <RoundedValue recorded={recorded} className={className}>
      {shown}
    </RoundedValue>
  );
}

interface RoundedValueProps {
  recorded: string;
  className?: string | undefined;
  children: ReactNode;
}

/** A rounded value: a dotted underline, and the recorded value as its title and as text for screen readers. */
export function RoundedValue({ recorded, className, children }: RoundedValueProps) {
  const say = useWords();
  return (
    <>
      <span className={`${css.rounded} ${className ?? ""}`} title={say("value.recorded", { value: recorded })}>
        {children}
      </span>
      <span className={css.visuallyHidden}> {say("value.recorded", { value: recorded })}</span>
    </>
  );
}

import type { ReactNode } from "react";
import { Card, CardEmpty } from "../components/card.view";
import type { ResultDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { useWords } from "../words/words";
import { RESULTS, useAbsence } from "./absence";
import css from "./chart.module.css";
import { RecordMark } from "./record-mark.view";
import lines from "./result-lines.module.css";

interface FlaggedProps {
  value: string;
  flag: string;
  /** The value as recorded, where less of it is shown. */
  recorded?: string;
}

/** A value with its flag: bold, and red with the letter when it is out of range. One that is rounded says so. */
export function FlaggedValue({ value, flag, recorded = "" }: FlaggedProps) {
  const shown = flag === "" ? value : `${value} ${flag}`;
  const look = flag === "" ? css.valued : css.flagged;
  return recorded === "" ? (
    <span className={look}>{shown}</span>
  ) : (
    <Rounded recorded={recorded} className={look}>
      {shown}
    </Rounded>
  );
}

interface RoundedProps {
  recorded: string;
  className?: string | undefined;
  children: ReactNode;
}

/** What is shown rounded, with a dotted line and the recorded value in its title and for whoever listens. */
export function Rounded({ recorded, className, children }: RoundedProps) {
  const say = useWords();
  return (
    <>
      <span className={`${lines.rounded} ${className ?? ""}`} title={say("value.recorded", { value: recorded })}>
        {children}
      </span>
      <span className={lines.unseen}> {say("value.recorded", { value: recorded })}</span>
    </>
  );
}

/** The newest results worth knowing. */
export function ResultsCard({ results }: { results: ResultDto[] }) {
  const say = useWords();
  const { sayNone } = useAbsence();
  return (
    <Card title={say("results.know")} aside={say("results.know.aside")}>
      {results.length === 0 ? (
        <CardEmpty>{sayNone("results.know.none", RESULTS)}</CardEmpty>
      ) : (
        <ul>
          {results.map((one) => (
            <li key={`${one.id} ${one.name}`} className={lines.line}>
              <span className={lines.name}>
                {one.name} <RecordMark record={one.record} />
              </span>
              <FlaggedValue value={one.value} flag={one.flag} recorded={one.recorded} />
              <span className={lines.when}>{formatDate(one.taken)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

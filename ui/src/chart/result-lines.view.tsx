import type { ResultDto } from "../ipc/bindings";
import { Card, CardEmpty } from "../parts/card.view";
import { formatDate } from "../words/dates";
import { useWords } from "../words/words";
import css from "./chart.module.css";
import { RecordMark } from "./record-mark.view";
import lines from "./result-lines.module.css";

/** A value with its flag: bold, and red with the letter when it is out of range. */
export function FlaggedValue({ value, flag }: { value: string; flag: string }) {
  return <span className={flag === "" ? css.valued : css.flagged}>{flag === "" ? value : `${value} ${flag}`}</span>;
}

/** The newest results worth knowing. */
export function ResultsCard({ results }: { results: ResultDto[] }) {
  const say = useWords();
  return (
    <Card title={say("results.know")} aside={say("results.know.aside")}>
      {results.length === 0 ? (
        <CardEmpty>{say("results.none")}</CardEmpty>
      ) : (
        <ul>
          {results.map((one) => (
            <li key={`${one.id} ${one.name}`} className={lines.line}>
              <span className={lines.name}>
                {one.name} <RecordMark record={one.record} />
              </span>
              <FlaggedValue value={one.value} flag={one.flag} />
              <span className={lines.when}>{formatDate(one.taken)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

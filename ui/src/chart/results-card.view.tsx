import { Card, CardEmpty } from "../components/card.view";
import type { ResultDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import { Marks } from "./marks.view";
import { RecordStateChip } from "./record-state.view";
import { ResultDetails, ResultValues } from "./result-parts.view";
import css from "./results.module.css";

/** Recent and abnormal results. */
export function ResultsCard({ results }: { results: ResultDto[] }) {
  const say = useWords();
  const { sayNone } = useAbsence();
  return (
    <Card title={say("results.know")} aside={say("results.know.aside")}>
      {results.length === 0 ? (
        <CardEmpty>{sayNone("results.know.none", SUBJECTS.results)}</CardEmpty>
      ) : (
        <ul>
          {results.map((result) => (
            <li key={result.id} className={css.line}>
              <span className={css.name}>
                {result.name ?? say("value.unreadable")} <RecordStateChip record={result.record} />
                <Marks marks={result.marks} />
                <ResultDetails details={result.details} />
              </span>
              <span className={css.values}>
                <ResultValues result={result} />
              </span>
              <span className={css.when}>{formatDate(result.taken)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

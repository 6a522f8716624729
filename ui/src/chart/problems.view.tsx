import { Card, CardEmpty, CardRow } from "../components/card.view";
import type { ProblemDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { messageFor, useWords } from "../words/words";
import { useAbsence } from "./absence";
import css from "./chart.module.css";
import { RecordMark } from "./record-mark.view";

/** Problems; on the summary only the active ones. */
export function ProblemsCard({ problems, activeOnly = false }: { problems: ProblemDto[]; activeOnly?: boolean }) {
  const say = useWords();
  const { sayNone, count } = useAbsence();
  const active = problems.filter((one) => one.active);
  const shown = activeOnly ? active : problems;
  return (
    <Card title={say("problems.title")} aside={count(say("problems.count", { count: active.length }), ["Condition"])}>
      {shown.length === 0 ? (
        <CardEmpty>{sayNone(activeOnly ? "problems.none.active" : "problems.none", ["Condition"])}</CardEmpty>
      ) : (
        <ul>
          {shown.map((one) => (
            <CardRow key={one.id} end={<Span problem={one} />}>
              <span className={one.active ? undefined : css.quiet}>{one.text}</span> <RecordMark record={one.record} />
            </CardRow>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Span({ problem }: { problem: ProblemDto }) {
  const say = useWords();
  const since = problem.since === "" ? say("onset.unknown") : say("since", { date: formatDate(problem.since) });
  if (problem.active) return since;
  const state = say(messageFor("problem", problem.status, "problem.inactive"));
  return `${state} · ${since}${problem.until === "" ? "" : ` ${say("until", { date: formatDate(problem.until) })}`}`;
}

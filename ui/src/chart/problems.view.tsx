import { Card, CardEmpty, CardRow } from "../components/card.view";
import type { ProblemDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { messageFor, useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import css from "./chart.module.css";
import { RecordStateChip } from "./record-state.view";

/** Problems; the summary shows only the active ones. */
export function ProblemsCard({ problems, activeOnly = false }: { problems: ProblemDto[]; activeOnly?: boolean }) {
  const say = useWords();
  const { sayNone, count } = useAbsence();
  const active = problems.filter((problem) => problem.active);
  const shown = activeOnly ? active : problems;
  return (
    <Card
      title={say("problems.title")}
      aside={count(say("problems.count", { count: active.length }), SUBJECTS.problems)}
    >
      {shown.length === 0 ? (
        <CardEmpty>{sayNone(activeOnly ? "problems.none.active" : "problems.none", SUBJECTS.problems)}</CardEmpty>
      ) : (
        <ul>
          {shown.map((problem) => (
            <CardRow key={problem.id} end={<ProblemPeriod problem={problem} />}>
              <span className={problem.active ? undefined : css.quiet}>{problem.text ?? say("value.unreadable")}</span>{" "}
              <RecordStateChip record={problem.record} />
            </CardRow>
          ))}
        </ul>
      )}
    </Card>
  );
}

function ProblemPeriod({ problem }: { problem: ProblemDto }) {
  const say = useWords();
  const since = problem.since === null ? say("onset.unknown") : say("since", { date: formatDate(problem.since) });
  if (problem.active) return since;
  const state = say(messageFor("problem", problem.status, "problem.inactive"));
  return `${state} · ${since}${problem.until === null ? "" : ` ${say("until", { date: formatDate(problem.until) })}`}`;
}

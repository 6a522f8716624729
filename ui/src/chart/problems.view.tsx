import { Card, CardEmpty, CardRow } from "../components/card.view";
import type { ProblemDto, ProblemGroupDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { sayMoment } from "../words/moments";
import { type Say, useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import css from "./chart.module.css";
import { Correction } from "./correction.view";
import { CutList } from "./cut-list.view";
import { Marks } from "./marks.view";
import { RecordMenu, useCorrectionOf } from "./record-menu.view";
import { RecordParts } from "./record-parts.view";
import { RecordStateChip } from "./record-state.view";

const CURRENT: readonly ProblemGroupDto[] = ["active", "unconfirmed", "statement"];

/** The current problems of the summary: active and unconfirmed ones, and what was recorded about there being none. */
export function CurrentProblemsCard({ problems }: { problems: ProblemDto[] }) {
  const say = useWords();
  const { sayNone, count } = useAbsence();
  const shown = problems.filter(({ group }) => CURRENT.includes(group));
  const active = problems.filter(({ group }) => group === "active").length;
  return (
    <Card title={say("problems.title")} aside={count(say("problems.count", { count: active }), SUBJECTS.problems)}>
      {shown.length === 0 ? (
        <CardEmpty>{sayNone("problems.none.active", SUBJECTS.problems)}</CardEmpty>
      ) : (
        <Rows problems={shown} />
      )}
      <CutList tab="problems" />
    </Card>
  );
}

/** All problems, by what is known of them. */
export function ProblemsCards({ problems }: { problems: ProblemDto[] }) {
  const say = useWords();
  const { sayNone, count } = useAbsence();
  const of = (...groups: ProblemGroupDto[]) => problems.filter(({ group }) => groups.includes(group));
  const active = of("active");
  const groups = [
    { title: say("problems.title"), list: of("active", "statement") },
    { title: say("problems.unconfirmed"), list: of("unconfirmed") },
    { title: say("problems.past"), list: of("past") },
    { title: say("problems.void"), list: of("void") },
  ];
  if (problems.length === 0)
    return (
      <Card title={say("problems.title")} aside={count(say("problems.count", { count: 0 }), SUBJECTS.problems)}>
        <CardEmpty>{sayNone("problems.none", SUBJECTS.problems)}</CardEmpty>
      </Card>
    );
  return (
    <div className={css.stack}>
      <CutList tab="problems" />
      {groups.map(({ title, list }, at) =>
        list.length === 0 && at > 0 ? null : (
          <Card
            key={title}
            title={title}
            aside={at === 0 ? count(say("problems.count", { count: active.length }), SUBJECTS.problems) : list.length}
          >
            {list.length === 0 ? (
              <CardEmpty>{sayNone("problems.none.active", SUBJECTS.problems)}</CardEmpty>
            ) : (
              <Rows problems={list} />
            )}
          </Card>
        ),
      )}
    </div>
  );
}

const referenceOf = ({ id }: ProblemDto) => `Condition/${id}`;

function Rows({ problems }: { problems: ProblemDto[] }) {
  const say = useWords();
  const correctionOf = useCorrectionOf();
  return (
    <ul>
      {problems.map((problem) => (
        <CardRow
          key={problem.id}
          end={sayWhen(say, problem)}
          menu={
            <RecordMenu
              reference={referenceOf(problem)}
              title={sayProblem(say, problem)}
              when={sayWhen(say, problem)}
            />
          }
        >
          <span className={nameClass(problem)}>{sayProblem(say, problem)}</span> <Marks marks={problem.marks} />{" "}
          <RecordStateChip record={problem.record} />
          <Correction corrected={correctionOf(referenceOf(problem))} />
          <RecordParts parts={partsOf(say, problem)} />
        </CardRow>
      ))}
    </ul>
  );
}

/** The name of a problem, or what a statement says that is recorded in place of one. */
function sayProblem(say: Say, { text, absence }: ProblemDto): string {
  if (absence?.class === "any" || absence?.class === "no_information") return say(`problems.stated.${absence.class}`);
  return text ?? say("value.unreadable");
}

function nameClass({ group }: ProblemDto): string | undefined {
  if (group === "void") return css.inError;
  return group === "past" || group === "statement" ? css.quiet : undefined;
}

/** When a problem began and ended, or when it was recorded. */
function sayWhen(say: Say, { onset, abatement, recorded, absence }: ProblemDto): string {
  const when = recorded === null ? "" : say("recorded", { date: formatDate(recorded) });
  const unknown = absence === null ? say("onset.unknown") : "";
  const began = onset === null ? when || unknown : sayBegan(say, sayMoment(say, onset), onset.kind);
  const ended = abatement === null ? "" : say("until", { date: sayMoment(say, abatement) });
  return [began, ended].filter((part) => part !== "").join(" ");
}

function sayBegan(say: Say, moment: string, kind: string): string {
  return kind === "date" ? say("since", { date: moment }) : say("onset.value", { value: moment });
}

function partsOf(say: Say, problem: ProblemDto): [string | null, string | null][] {
  const stages = problem.stages.map(({ summary, kind }) => [kind, summary ?? say("value.unreadable")]);
  // The problem list is where these are expected.
  const categories = problem.categories.filter((category) => !/^problem[- ]list/i.test(category));
  return [
    [say("recorded.as"), problem.absence === null ? null : problem.text],
    [say("problem.severity"), problem.severity],
    [say("problem.site"), problem.bodySites.join(", ")],
    ...stages.map(([kind, summary]): [string, string | null] => [kind ?? say("problem.stage"), summary ?? null]),
    [say("problem.evidence"), problem.evidence.join(", ")],
    [null, categories.join(", ")],
    ...problem.notes.map((note): [string, string] => [say("note.of_record"), note]),
    [say("narrative"), problem.narrative],
  ];
}

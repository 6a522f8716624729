import type { ResultDetailDto, ResultDto } from "../ipc/bindings";
import { sayRange } from "../words/values";
import { useWords } from "../words/words";
import { MeasuredValue } from "./measured-value.view";
import css from "./results.module.css";

/** The value of a result and those of its parts. */
export function ResultValues({ result, below = false }: { result: ResultDto; below?: boolean }) {
  const say = useWords();
  return (
    <>
      {result.value === null ? null : <MeasuredValue {...result} value={result.value} below={below} />}
      {result.parts.map((part) => (
        <span key={`${part.name} ${JSON.stringify(part.value)}`} className={css.part}>
          {part.name ?? say("value.unreadable")}{" "}
          {part.value === null ? (
            say("result.no_value")
          ) : (
            <MeasuredValue value={part.value} flag={part.flag} interpretation={part.interpretation} />
          )}
        </span>
      ))}
    </>
  );
}

/** The reference ranges of a result and of its parts, each as recorded. */
export function ResultRanges({ result }: { result: ResultDto }) {
  const say = useWords();
  const own = result.ranges.map((range) => sayRange(say, range));
  const ofParts = result.parts.flatMap((part) =>
    part.ranges.map((range) =>
      say("result.part", { name: part.name ?? say("value.unreadable"), value: sayRange(say, range) }),
    ),
  );
  return (
    <>
      {[...own, ...ofParts].map((text) => (
        <span key={text} className={css.part}>
          {text}
        </span>
      ))}
    </>
  );
}

/** What else a result or a report says. */
export function ResultDetails({ details }: { details: readonly ResultDetailDto[] }) {
  const say = useWords();
  const members = details.filter(({ kind }) => kind === "member").map(({ text }) => text);
  const others = details.filter(({ kind }) => kind !== "member");
  return (
    <>
      {members.length === 0 ? null : (
        <span className={css.detail}>{say("result.detail.member", { text: members.join(" · ") })}</span>
      )}
      {others.map(({ kind, text }) => (
        <span key={`${kind} ${text}`} className={css.detail}>
          {say(`result.detail.${kind}`, { text })}
        </span>
      ))}
    </>
  );
}

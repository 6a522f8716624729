import type { CodeDto, DetailDto, DetailValueDto } from "../ipc/bindings";
import { sayElement } from "../words/elements";
import { formatBytes } from "../words/numbers";
import { sayValue } from "../words/values";
import { useWords } from "../words/words";
import css from "./record-details.module.css";

/** Parts of a data type that are read as one line, in this order. */
const LINES: Record<string, readonly string[]> = {
  Address: ["line", "city", "district", "state", "postalCode", "country"],
  ContactPoint: ["value"],
  HumanName: ["prefix", "given", "family", "suffix"],
  Identifier: ["value"],
};

/** Every element of a record with its label, nested as recorded. */
export function RecordDetails({ details }: { details: readonly DetailDto[] }) {
  return (
    <dl className={css.list}>
      {details.map((detail, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: elements repeat, and their order never changes
        <Detail key={index} detail={detail} />
      ))}
    </dl>
  );
}

function Detail({ detail }: { detail: DetailDto }) {
  const say = useWords();
  const name = sayElement(say, detail.element);
  const line = lineOf(detail);
  const parts = detail.parts.filter((part) => !line.includes(part));
  return (
    <div className={css.item}>
      <dt className={css.label}>{detail.continued ? say("record.continued", { element: name }) : name}</dt>
      <dd className={css.value}>
        {detail.value === null ? null : <Value value={detail.value} />}
        {line.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts repeat, and their order never changes
          <span key={index}>
            {index === 0 ? "" : " "}
            {part.value === null ? null : <Value value={part.value} />}
          </span>
        ))}
      </dd>
      {parts.length === 0 ? null : (
        <dd className={css.nested}>
          <RecordDetails details={parts} />
        </dd>
      )}
    </div>
  );
}

/** The parts that are read as one line; those with parts of their own are not among them. */
function lineOf({ dataType, parts }: DetailDto): DetailDto[] {
  const names = LINES[dataType ?? ""] ?? [];
  const plain = parts.filter((part) => part.value !== null && part.parts.length === 0);
  return names.flatMap((name) => plain.filter((part) => part.element === name));
}

function Value({ value }: { value: DetailValueDto }) {
  const say = useWords();
  switch (value.kind) {
    case "value":
      return sayValue(say, value.value);
    case "markdown":
      return value.text;
    case "code":
      return value.code;
    case "bytes":
      return say("value.bytes", { size: formatBytes(value.count) });
    case "reference":
      return (
        <>
          {value.name ?? value.reference ?? say("value.unreadable")}
          {value.name === null || value.reference === null ? null : <span className={css.code}>{value.reference}</span>}
        </>
      );
    case "concept":
      return <Concept text={value.text} codes={value.codes} />;
  }
}

/** The words of a concept, then its codes with their systems and the displays that say something else. */
function Concept({ text, codes }: { text: string | null; codes: readonly CodeDto[] }) {
  const words = text ?? codes.find(({ display }) => display !== null)?.display ?? null;
  return (
    <>
      {words}
      {codes.map(({ system, code, display }) => {
        const line = [display === words ? null : display, code, system].filter((part) => part !== null).join(" · ");
        return (
          <span key={line} className={css.code}>
            {line}
          </span>
        );
      })}
    </>
  );
}

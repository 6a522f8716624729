import { Chip, type Tone } from "../components/chip.view";
import type { MarkDto } from "../ipc/bindings";
import { sayMark } from "../words/marks";
import { useWords } from "../words/words";
import css from "./chart.module.css";

/** What changes the meaning of a record, beside its name. */
export function Marks({ marks }: { marks: readonly MarkDto[] }) {
  const say = useWords();
  if (marks.length === 0) return null;
  return (
    <span className={css.marks}>
      {marks.map((mark) => (
        <Chip key={JSON.stringify(mark)} tone={toneOf(mark)} wrap>
          {sayMark(say, mark)}
        </Chip>
      ))}
    </span>
  );
}

function toneOf(mark: MarkDto): Tone {
  switch (mark.kind) {
    case "do_not":
    case "deceased":
    case "unsafe":
      return "critical";
    case "entered_in_error":
    case "inactive":
      return "grey";
    case "linked":
      return "info";
    default:
      return "warn";
  }
}

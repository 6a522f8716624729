import { Chip, type Tone } from "../components/chip.view";
import type { MarkDto } from "../ipc/bindings";
import { formatDateTime } from "../words/dates";
import { humanise, sayElement, sayElementPath } from "../words/elements";
import { messageFor, type Say, useWords } from "../words/words";
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

/** A mark in words. */
function sayMark(say: Say, mark: MarkDto): string {
  switch (mark.kind) {
    case "status":
      return withReason(say, sayCode(say, "mark.status", mark.code), mark.reason);
    case "intent":
      return sayCode(say, "mark.intent", mark.code);
    case "verification":
      return sayCode(say, "mark.verification", mark.code);
    case "focus":
      return mark.whom === null ? say("mark.focus.unnamed") : say("mark.focus", { whom: mark.whom });
    case "superseded":
      return mark.by === null ? say("mark.superseded") : say("mark.superseded.by", { by: mark.by });
    case "missing":
      return say("mark.missing", { element: sayElement(say, mark.element) });
    case "deceased":
      return mark.at === null ? say("mark.deceased") : say("mark.deceased.at", { at: formatDateTime(mark.at) });
    case "subpotent":
      return withReason(say, say("mark.subpotent"), mark.reason);
    case "linked":
      if (mark.other === null) return say("mark.linked.unnamed");
      return say(mark.code === "replaces" ? "mark.linked.replaces" : "mark.linked", { other: mark.other });
    case "element": {
      const recorded = mark.recorded.join(" · ");
      return say("mark.element", { element: sayElementPath(say, mark.element), recorded });
    }
    case "unsafe":
      return say("mark.unsafe", { elements: mark.elements.map((path) => sayElementPath(say, path)).join(", ") });
    default:
      return say(`mark.${mark.kind}`);
  }
}

/** The word for a code, or else the code itself as words; other text stays as it was recorded. */
function sayCode(say: Say, prefix: string, code: string): string {
  const id = messageFor(prefix, code, "element.other");
  if (id !== "element.other") return say(id);
  return /^[a-z-]+$/.test(code) ? humanise(code) : code;
}

function withReason(say: Say, mark: string, reason: string | null): string {
  return reason === null ? mark : say("mark.reason", { mark, reason });
}

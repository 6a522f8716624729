import type { MarkDto } from "../ipc/bindings";
import { formatDateTime } from "./dates";
import { humanise, sayElement, sayElementPath } from "./elements";
import { messageFor, type Say } from "./words";

/** A mark in words. */
export function sayMark(say: Say, mark: MarkDto): string {
  switch (mark.kind) {
    case "status":
      return withReason(say, sayCode(say, "mark.status", mark.code), mark.reason);
    case "intent":
      return sayCode(say, "mark.intent", mark.code);
    case "verification":
      return sayCode(say, "mark.verification", mark.code);
    case "focus":
      return mark.whom === null ? say("mark.focus.unnamed") : say("mark.focus", { whom: mark.whom });
    case "superseded": {
      const at = mark.at === null ? "" : formatDateTime(mark.at);
      const by = [mark.by ?? "", at].filter((part) => part !== "").join(", ");
      return by === "" ? say("mark.superseded") : say("mark.superseded.by", { by });
    }
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

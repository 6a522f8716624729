import { messageFor, type Say } from "./words";

/** The label of an R4 element: a word of ours, or else its own name as words (`bodySite` as `Body site`). */
export function sayElement(say: Say, element: string): string {
  const id = messageFor("element", element, "element.other");
  return id === "element.other" && element !== "other" ? humanise(element) : say(id);
}

/** The path of an element, such as `activity.detail.status`. */
export function sayElementPath(say: Say, path: string): string {
  return path
    .split(".")
    .map((name) => sayElement(say, name))
    .join(" › ");
}

/** A code of R4 as words: `in-progress` as `In progress`. */
export function humanise(code: string): string {
  const words = code
    .replace(/[-_]+/g, " ")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .trim();
  const lower = words.replace(/\b[A-Z][a-z]/g, (start) => start.toLowerCase());
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}

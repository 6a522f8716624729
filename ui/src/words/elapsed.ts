import type { ElapsedDto } from "../ipc/bindings";
import type { Say } from "./words";

/** The time since a date, such as `today`, `3 d` or `2 y`; empty for null. */
export function sayElapsed(say: Say, elapsed: ElapsedDto | null): string {
  return elapsed === null ? "" : say(`elapsed.${elapsed.unit}`, { count: elapsed.count });
}

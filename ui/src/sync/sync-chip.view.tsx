import { Chip, type Tone } from "../components/chip.view";
import type { SyncStatusDto } from "../ipc/bindings";
import { formatRecent } from "../words/dates";
import { type MessageId, useWords } from "../words/words";

/** The state chip: green only if nothing is pending and nothing failed; offline is grey, not red. */
export function planChip(chip: SyncStatusDto): { tone: Tone; message: MessageId } {
  const clear = chip.pending === 0 && chip.failed === 0 && chip.conflicts === 0;
  switch (chip.state) {
    case "running":
      return { tone: "info", message: "chip.running" };
    case "offline":
      return { tone: "grey", message: chip.complete === null ? "chip.offline.never" : "chip.offline" };
    case "sign_in":
      return { tone: "warn", message: chip.complete === null ? "chip.sign_in.never" : "chip.sign_in" };
    case "incomplete":
      return { tone: "critical", message: "chip.incomplete" };
    case "failed":
      return { tone: "critical", message: chip.complete === null ? "chip.failed.never" : "chip.failed" };
    case "idle":
      if (chip.complete === null) return { tone: "grey", message: "chip.idle.never" };
      return clear ? { tone: "ok", message: "chip.idle" } : { tone: "grey", message: "chip.idle.behind" };
  }
}

interface Props {
  chip: SyncStatusDto;
  now: Date;
  /** Shorter texts, for little space. */
  short?: boolean;
}

/** Conflicts, failures and pending changes, then the sync state with the time of the last complete sync. */
export function SyncChips({ chip, now, short = false }: Props) {
  const say = useWords();
  const plan = planChip(chip);
  const at = chip.complete === null ? say("chip.never") : formatRecent(chip.complete, now);
  return (
    <>
      {chip.conflicts > 0 ? (
        <Chip tone="warn" dot>
          {say(short ? "chip.conflicts.short" : "chip.conflicts", { count: chip.conflicts })}
        </Chip>
      ) : null}
      {chip.failed > 0 ? (
        <Chip tone="critical" dot>
          {say(short ? "chip.rejected.short" : "chip.rejected", { count: chip.failed })}
        </Chip>
      ) : null}
      {chip.pending > 0 ? (
        <Chip tone="pending" dot>
          {say(short ? "chip.pending.short" : "chip.pending", { count: chip.pending })}
        </Chip>
      ) : null}
      <Chip tone={plan.tone} dot>
        {say(short && chip.state === "sign_in" ? "chip.sign_in.short" : plan.message, { at })}
      </Chip>
    </>
  );
}

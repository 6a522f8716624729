import type { CorrectionDto } from "../ipc/bindings";
import { formatDateTime } from "../words/dates";
import { useWords } from "../words/words";
import css from "./chart.module.css";

/** Who marked a record as entered in error, when and why, as far as that is recorded. */
export function Correction({ corrected }: { corrected: CorrectionDto | null }) {
  const say = useWords();
  if (corrected === null) return null;
  const { who, when, why } = corrected;
  const by = [who, when === null ? null : formatDateTime(when)].filter((part) => part !== null).join(" · ");
  if (by === "" && why === null) return null;
  return (
    <span className={css.correction}>
      {by === "" ? null : <span>{say("entered_in_error.by", { by })}</span>}
      {why === null ? null : <span>{say("entered_in_error.why", { why })}</span>}
    </span>
  );
}

import { Chip, type Tone } from "../components/chip.view";
import type { News2RiskDto, VitalsCheckDto } from "../ipc/bindings";
import { useWords } from "../words/words";
import css from "./form.module.css";

const TONES: Record<News2RiskDto, Tone> = { low: "ok", low_medium: "warn", medium: "warn", high: "critical" };

/** The NEWS2 score, or the values it still needs. */
export function News2Score({ check }: { check: VitalsCheckDto }) {
  const say = useWords();
  if (check.news2 !== null && check.news2Risk !== null) {
    const risk = say(`news2.${check.news2Risk}`);
    return (
      <span role="status">
        <Chip tone={TONES[check.news2Risk]}>{say("news2.total", { score: check.news2, risk })}</Chip>
      </span>
    );
  }
  if (check.news2Missing.length === 0) return <span className={css.small}>{say("news2.idle")}</span>;
  const missing = check.news2Missing.map((field) => say(`vital.short.${field}`)).join(", ");
  return <span className={css.small}>{say("news2.needs", { missing })}</span>;
}

import { Chip, type Tone } from "../components/chip.view";
import type { News2ResponseDto, VitalsCheckDto } from "../ipc/bindings";
import { useWords } from "../words/words";
import css from "./form.module.css";

const TONES: Record<News2ResponseDto, Tone> = {
  routine: "ok",
  assess: "ok",
  urgent_review: "warn",
  urgent: "warn",
  emergency: "critical",
};

/** The points of each part of a NEWS2 score. */
export function News2Parts({ check }: { check: VitalsCheckDto }) {
  const say = useWords();
  if (check.news2Unavailable !== null || check.news2Parts.length === 0) return null;
  const parts = check.news2Parts.map(({ field, score }) =>
    say("news2.part", { field: say(`vital.short.${field}`), score }),
  );
  return <p className={css.small}>{parts.join(" · ")}</p>;
}

/** The NEWS2 score and the response it asks for, or what it still needs, or why there is none. */
export function News2Score({ check }: { check: VitalsCheckDto }) {
  const say = useWords();
  const { news2, news2Risk, news2Response, news2Missing, news2Unavailable } = check;
  if (news2Unavailable !== null) {
    return (
      <span role="status" className={css.small}>
        {say(`news2.unavailable.${news2Unavailable}`)}
      </span>
    );
  }
  const missing = news2Missing.map((field) => say(`vital.short.${field}`)).join(", ");
  if (news2 === null && missing === "") return <span className={css.small}>{say("news2.idle")}</span>;
  return (
    <span role="status" className={css.score}>
      {news2 !== null && news2Risk !== null ? (
        <Chip tone={TONES[news2Response ?? "routine"]}>
          {say("news2.total", { score: news2, risk: say(`news2.${news2Risk}`) })}
        </Chip>
      ) : (
        <span className={css.small}>{say("news2.needs", { missing })}</span>
      )}
      {news2Response === null ? null : (
        <span className={news2 === null ? css.improbable : css.small}>{say(`news2.response.${news2Response}`)}</span>
      )}
    </span>
  );
}

import { Card, CardEmpty } from "../components/card.view";
import type { VitalSeriesDto } from "../ipc/bindings";
import { sayElapsed } from "../words/elapsed";
import { useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import { FlaggedValue } from "./flagged-value.view";
import { Sparkline } from "./sparkline.view";
import css from "./vitals.module.css";

/** The latest value of each vital sign, with its trend and age. */
export function VitalsCard({ vitals }: { vitals: VitalSeriesDto[] }) {
  const say = useWords();
  const { sayNone } = useAbsence();
  const taken = vitals.filter((series) => series.value !== "");
  return (
    <Card title={say("vitals.title")} aside={say("vitals.aside")}>
      {taken.length === 0 ? (
        <CardEmpty>{sayNone("vitals.none", SUBJECTS.vitals)}</CardEmpty>
      ) : (
        <ul className={css.rows}>
          {taken.map((series) => (
            <li key={series.key} className={css.row}>
              <span className={css.sign}>
                {say(`sign.${series.key}`)} <span className={css.unit}>{series.unit}</span>
              </span>
              <span className={css.value}>
                <FlaggedValue value={series.value} flag={series.flag} recorded={series.recorded} />
              </span>
              <Sparkline series={series} />
              <span className={css.age}>{sayElapsed(say, series.age)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

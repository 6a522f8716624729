import { Card, CardEmpty } from "../components/card.view";
import type { VitalPointDto, VitalSeriesDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { sayElapsed } from "../words/elapsed";
import { useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import { Marks } from "./marks.view";
import { Measurement } from "./measurement.view";
import { ResultDetails } from "./result-parts.view";
import { Sparkline } from "./sparkline.view";
import { sayName } from "./vital-points";
import css from "./vitals.module.css";

/** Whether a measurement is nothing but the list of others. */
const isPanel = ({ values, details }: VitalPointDto) =>
  values.length === 0 && details.some(({ kind }) => kind === "member");

/** The latest value of each vital sign, with its trend and age. */
export function VitalsCard({ vitals: all }: { vitals: VitalSeriesDto[] }) {
  // A panel is listed by its members.
  const vitals = all.filter(({ points }) => points.some((point) => !isPanel(point)));
  const say = useWords();
  const { sayNone } = useAbsence();
  return (
    <Card title={say("vitals.title")} aside={say("vitals.aside")}>
      {vitals.length === 0 ? (
        <CardEmpty>{sayNone("vitals.none", SUBJECTS.vitals)}</CardEmpty>
      ) : (
        <ul className={css.rows}>
          {vitals.map((series) => (
            <li key={`${series.key} ${series.name}`} className={css.row}>
              <span>{sayName(say, series, false)}</span>
              <span className={css.value}>
                <Latest series={series} />
              </span>
              <Sparkline series={series} />
              <span className={css.age}>
                {series.latest === null
                  ? ""
                  : series.age === null
                    ? formatDate(series.latest.taken)
                    : sayElapsed(say, series.age)}
                {series.older ? <span className={css.older}>{say("vitals.older")}</span> : null}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** The latest measurement that counts, or else the marks of the last one that does not. */
function Latest({ series }: { series: VitalSeriesDto }) {
  const { latest } = series;
  if (latest === null) return <Marks marks={series.points.at(-1)?.marks ?? []} />;
  return (
    <>
      <Measurement point={latest} />
      <Marks marks={latest.marks} />
      <ResultDetails details={latest.details.filter(({ kind }) => kind === "note")} />
    </>
  );
}

import { useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { Card, CardEmpty } from "../components/card.view";
import { RowMenu } from "../components/row-menu.view";
import type { ChartDto, CorrectionDto, VitalPointDto, VitalSeriesDto } from "../ipc/bindings";
import { sayRange } from "../words/values";
import { useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import chartCss from "./chart.module.css";
import { Correction } from "./correction.view";
import { useCorrectionActions } from "./corrections";
import { Marks } from "./marks.view";
import { Measurement } from "./measurement.view";
import { useWholeRecordActions } from "./record-menu.view";
import { RecordStateChip } from "./record-state.view";
import { ResultDetails } from "./result-parts.view";
import resultsCss from "./results.module.css";
import toggle from "./toggle.module.css";
import { Trend } from "./trend.view";
import { drawnLines, sayMeasurement, sayName, sayWhen } from "./vital-points";
import css from "./vitals.module.css";

/** Every vital sign over time, as charts or tables. */
export function VitalsTab({ chart }: { chart: ChartDto }) {
  const say = useWords();
  const { sayNone } = useAbsence();
  const [display, setDisplay] = useState("charts");
  const taken = chart.vitals.filter((series) => series.points.length + series.enteredInError.length > 0);
  const isDrawn = (series: VitalSeriesDto) => display === "charts" && drawnLines(say, series).length > 0;
  if (taken.length === 0) {
    return (
      <Card title={say("vitals.title")}>
        <CardEmpty>{sayNone("vitals.none", SUBJECTS.vitals)}</CardEmpty>
      </Card>
    );
  }
  return (
    <div>
      <div className={css.bar}>
        <ToggleButtonGroup
          className={toggle.group ?? ""}
          aria-label={say("vitals.shape")}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[display]}
          onSelectionChange={(keys) => setDisplay(String([...keys][0] ?? "charts"))}
        >
          <ToggleButton id="charts" className={toggle.button ?? ""}>
            {say("vitals.charts")}
          </ToggleButton>
          <ToggleButton id="tables" className={toggle.button ?? ""}>
            {say("vitals.tables")}
          </ToggleButton>
        </ToggleButtonGroup>
        <span className={css.unit}>{say(display === "charts" ? "vitals.charts.hint" : "vitals.tables.hint")}</span>
      </div>
      <div className={`${css.grid} ${display === "tables" ? css.wide : ""}`}>
        {taken.map((series) => (
          <Card
            key={`${series.key} ${series.name}`}
            title={sayName(say, series)}
            aside={series.latest === null ? null : <Measurement point={series.latest} />}
          >
            {isDrawn(series) ? <Trend series={series} banner={chart.banner} /> : <PointTable series={series} />}
          </Card>
        ))}
      </div>
    </div>
  );
}

interface ListedPoint {
  point: VitalPointDto;
  /** Who marked it, of one that was entered in error. */
  corrected: CorrectionDto | null;
}

/** All measurements of a sign, newest first; those entered in error stand where they were. */
function listed(series: VitalSeriesDto): ListedPoint[] {
  const valid = series.points.map((point) => ({ point, corrected: null }));
  return [...valid, ...series.enteredInError].sort((a, b) => (b.point.at ?? 0) - (a.point.at ?? 0));
}

function PointTable({ series }: { series: VitalSeriesDto }) {
  const say = useWords();
  const actionsOf = useCorrectionActions();
  const wholeRecord = useWholeRecordActions();
  const rows = listed(series).map(({ point, corrected }) => {
    const title = `${sayName(say, series)} ${sayMeasurement(say, point)}`;
    const reference = `Observation/${point.id}`;
    const correct = { reference, title, when: sayWhen(point), mayMark: point.mayMarkEnteredInError, corrected };
    const same = point.same.map((id) => `Observation/${id}`);
    const actions = [...wholeRecord(reference, title, same), ...actionsOf(correct)];
    return { point, corrected, title, actions };
  });
  const hasActions = rows.some(({ actions }) => actions.length > 0);
  return (
    <table className={css.table} aria-label={say("vitals.table", { name: sayName(say, series) })}>
      <thead>
        <tr>
          <th scope="col">{say("col.when")}</th>
          <th scope="col" className={css.end}>
            {series.unit ?? say("col.value")}
          </th>
          <th scope="col">{say("col.state")}</th>
          {hasActions ? (
            <th scope="col" className={css.actions}>
              <span className={css.visuallyHidden}>{say("col.actions")}</span>
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ point, corrected, title, actions }) => (
          <tr key={point.id}>
            <td>{sayWhen(point)}</td>
            <td className={css.end}>
              <span className={corrected === null ? undefined : chartCss.inError}>
                <Measurement point={point} below />
              </span>
              {point.values.flatMap(({ sign, ranges }) =>
                ranges.map((range) => (
                  <span key={`${sign} ${sayRange(say, range)}`} className={resultsCss.recorded}>
                    {sayRange(say, range)}
                  </span>
                )),
              )}
              <ResultDetails details={point.details} />
            </td>
            <td>
              <Marks marks={point.marks} />
              <Correction corrected={corrected} />
              <RecordStateChip record={point.record} />
            </td>
            {hasActions ? (
              <td className={css.actions}>
                <RowMenu label={say("row.actions", { what: `${title}, ${sayWhen(point)}` })} actions={actions} />
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

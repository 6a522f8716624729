import { useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { Button } from "../components/button.view";
import { Card, CardEmpty } from "../components/card.view";
import type { ChartDto, VitalPointDto, VitalSeriesDto } from "../ipc/bindings";
import { sayRange } from "../words/values";
import { useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import { EnteredInErrorDialog, type RecordToCorrect } from "./entered-in-error.view";
import { Marks } from "./marks.view";
import { Measurement } from "./measurement.view";
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
  const [recordToCorrect, setRecordToCorrect] = useState<RecordToCorrect | null>(null);
  const taken = chart.vitals.filter((series) => series.points.length > 0);
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
            {isDrawn(series) ? (
              <Trend series={series} banner={chart.banner} />
            ) : (
              <PointTable
                series={series}
                onMarkInError={(point) =>
                  setRecordToCorrect({
                    reference: `Observation/${point.id}`,
                    title: `${sayName(say, series)} ${sayMeasurement(say, point)}`,
                    when: sayWhen(point),
                  })
                }
              />
            )}
          </Card>
        ))}
      </div>
      <EnteredInErrorDialog record={recordToCorrect} banner={chart.banner} onClose={() => setRecordToCorrect(null)} />
    </div>
  );
}

function PointTable({
  series,
  onMarkInError,
}: {
  series: VitalSeriesDto;
  onMarkInError: (point: VitalPointDto) => void;
}) {
  const say = useWords();
  const canCorrect = series.points.some((point) => point.mayMarkEnteredInError);
  return (
    <table className={css.table} aria-label={say("vitals.table", { name: sayName(say, series) })}>
      <thead>
        <tr>
          <th scope="col">{say("col.when")}</th>
          <th scope="col" className={css.end}>
            {series.unit ?? say("col.value")}
          </th>
          <th scope="col">{say("col.state")}</th>
          {canCorrect ? <th scope="col">{say("col.correct")}</th> : null}
        </tr>
      </thead>
      <tbody>
        {series.points.toReversed().map((point) => (
          <tr key={point.id}>
            <td>{sayWhen(point)}</td>
            <td className={css.end}>
              <Measurement point={point} below />
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
              <RecordStateChip record={point.record} />
            </td>
            {canCorrect ? (
              <td>
                {point.mayMarkEnteredInError ? (
                  <Button
                    variant="link"
                    aria-label={say("entered_in_error.name", {
                      what: `${sayName(say, series)} ${sayMeasurement(say, point)}`,
                      when: sayWhen(point),
                    })}
                    onPress={() => onMarkInError(point)}
                  >
                    {say("entered_in_error.short")}
                  </Button>
                ) : null}
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

import { useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { Button } from "../components/button.view";
import { Card, CardEmpty } from "../components/card.view";
import type { ChartDto, VitalPointDto, VitalSeriesDto } from "../ipc/bindings";
import { formatMillis } from "../words/dates";
import { useWords } from "../words/words";
import { useAbsence } from "./absence";
import { RecordMark } from "./record-mark.view";
import lines from "./result-lines.module.css";
import { FlaggedValue } from "./result-lines.view";
import { StrikeDialog, type Struck } from "./strike.view";
import toggle from "./toggle.module.css";
import { Trend } from "./trend.view";
import css from "./vitals.module.css";

/** Every vital sign over time, drawn or as tables. */
export function VitalsTab({ chart }: { chart: ChartDto }) {
  const say = useWords();
  const { sayNone } = useAbsence();
  const [shape, setShape] = useState("charts");
  const [struck, setStruck] = useState<Struck | null>(null);
  const taken = chart.vitals.filter((series) => series.points.length > 0);
  if (taken.length === 0) {
    return (
      <Card title={say("vitals.title")}>
        <CardEmpty>{sayNone("vitals.none", ["Observation"])}</CardEmpty>
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
          selectedKeys={[shape]}
          onSelectionChange={(keys) => setShape(String([...keys][0] ?? "charts"))}
        >
          <ToggleButton id="charts" className={toggle.button ?? ""}>
            {say("vitals.charts")}
          </ToggleButton>
          <ToggleButton id="tables" className={toggle.button ?? ""}>
            {say("vitals.tables")}
          </ToggleButton>
        </ToggleButtonGroup>
        <span className={css.unit}>{say(shape === "charts" ? "vitals.charts.hint" : "vitals.tables.hint")}</span>
      </div>
      <div className={`${css.grid} ${shape === "tables" ? css.wide : ""}`}>
        {taken.map((series) => (
          <Card
            key={series.key}
            title={series.label}
            aside={
              <FlaggedValue value={`${series.value} ${series.unit}`} flag={series.flag} recorded={series.recorded} />
            }
          >
            {shape === "charts" ? (
              <Trend series={series} banner={chart.banner} />
            ) : (
              <PointTable
                series={series}
                onStrike={(point) =>
                  setStruck({
                    reference: `Observation/${point.id}`,
                    title: `${series.label} ${point.text} ${series.unit}`,
                    when: formatMillis(point.at),
                  })
                }
              />
            )}
          </Card>
        ))}
      </div>
      <StrikeDialog struck={struck} banner={chart.banner} onClose={() => setStruck(null)} />
    </div>
  );
}

function PointTable({ series, onStrike }: { series: VitalSeriesDto; onStrike: (point: VitalPointDto) => void }) {
  const say = useWords();
  const corrects = series.points.some((point) => point.mayStrike);
  return (
    <table className={css.table} aria-label={say("vitals.table", { name: series.label })}>
      <thead>
        <tr>
          <th scope="col">{say("col.when")}</th>
          <th scope="col" className={css.end}>
            {series.unit}
          </th>
          <th scope="col">{say("col.state")}</th>
          {corrects ? <th scope="col">{say("col.correct")}</th> : null}
        </tr>
      </thead>
      <tbody>
        {series.points.toReversed().map((point) => (
          <tr key={point.id}>
            <td>{formatMillis(point.at)}</td>
            <td className={css.end}>
              <FlaggedValue value={point.text} flag={point.flag} />
              {point.recorded === "" ? null : (
                <span className={lines.recorded}>{say("value.recorded", { value: point.recorded })}</span>
              )}
            </td>
            <td>
              <RecordMark record={point.record} />
            </td>
            {corrects ? (
              <td>
                {point.mayStrike ? (
                  <Button
                    look="link"
                    aria-label={say("strike.name", {
                      what: `${series.label} ${point.text}`,
                      when: formatMillis(point.at),
                    })}
                    onPress={() => onStrike(point)}
                  >
                    {say("strike.short")}
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

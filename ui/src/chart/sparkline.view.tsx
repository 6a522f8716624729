import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import type { VitalSeriesDto } from "../ipc/bindings";
import css from "./vitals.module.css";

const WIDTH = 124;
const HEIGHT = 26;

/** A small line chart of a value; always shown together with the value and its flag. */
export function Sparkline({ series }: { series: VitalSeriesDto }) {
  const points = series.points;
  const last = points.at(-1);
  if (points.length < 2 || last === undefined) return <span />;
  const values = points.map((point) => point.value);
  const low = Math.min(...values, series.low ?? Number.POSITIVE_INFINITY);
  const high = Math.max(...values, series.high ?? Number.NEGATIVE_INFINITY);
  const x = scaleLinear([points[0]?.at ?? 0, last.at], [2, WIDTH - 4]);
  const y = scaleLinear(low === high ? [low - 1, high + 1] : [low, high], [HEIGHT - 3, 3]);
  const path = line<(typeof points)[number]>(
    (point) => x(point.at),
    (point) => y(point.value),
  )(points);
  return (
    <svg
      className={css.spark}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      {series.low !== null && series.high !== null ? (
        <rect
          x="0"
          width={WIDTH}
          y={y(series.high)}
          height={Math.max(1, y(series.low) - y(series.high))}
          className={css.band}
        />
      ) : null}
      <path d={path ?? ""} className={css.stroke} />
      {/* A zero-length line with round caps, because a circle would be stretched with the chart. */}
      <path d={`M${x(last.at)} ${y(last.value)}h0`} className={last.flag === null ? css.tip : css.tipFlagged} />
    </svg>
  );
}

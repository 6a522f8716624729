import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import type { VitalSeriesDto } from "../ipc/bindings";
import { useWords } from "../words/words";
import { type DrawnPoint, drawnLines } from "./vital-points";
import css from "./vitals.module.css";

const WIDTH = 124;
const HEIGHT = 26;

/** A small line chart of a value; always shown together with the value and its flag. */
export function Sparkline({ series }: { series: VitalSeriesDto }) {
  const say = useWords();
  const lines = drawnLines(say, series);
  const points = lines.flatMap((drawn) => drawn.points);
  const first = Math.min(...points.map(({ at }) => at));
  const last = Math.max(...points.map(({ at }) => at));
  if (lines.every((drawn) => drawn.points.length < 2)) return <span />;
  const values = points.map(({ number }) => number);
  const limits = series.ranges.flatMap(({ low, high }) => [low, high]);
  const low = Math.min(...values, ...limits);
  const high = Math.max(...values, ...limits);
  const x = scaleLinear([first, last], [2, WIDTH - 4]);
  const y = scaleLinear(low === high ? [low - 1, high + 1] : [low, high], [HEIGHT - 3, 3]);
  const path = line<DrawnPoint>(
    (point) => x(point.at),
    (point) => y(point.number),
  );
  return (
    <svg
      className={css.spark}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      {series.ranges.map((range) => (
        <rect
          key={range.sign}
          x="0"
          width={WIDTH}
          y={y(range.high)}
          height={Math.max(1, y(range.low) - y(range.high))}
          className={css.band}
        />
      ))}
      {lines.map((drawn) => {
        const tip = drawn.points.at(-1);
        return (
          <g key={drawn.sign}>
            <path d={path(drawn.points) ?? ""} className={css.stroke} />
            {/* A zero-length line with round caps, because a circle would be stretched with the chart. */}
            {tip === undefined ? null : (
              <path d={`M${x(tip.at)} ${y(tip.number)}h0`} className={tip.flag === null ? css.tip : css.tipFlagged} />
            )}
          </g>
        );
      })}
    </svg>
  );
}

import { scaleLinear, scaleTime } from "d3-scale";
import { line } from "d3-shape";
import type { BannerDto, VitalSeriesDto } from "../ipc/bindings";
import { formatDate, formatMillis } from "../words/dates";
import { type Say, useWords } from "../words/words";
import { type DrawnPoint, drawnLines, sayMeasurement, sayName, undrawnCount } from "./vital-points";
import css from "./vitals.module.css";

const W = 372;
const H = 196;
const LEFT = 34;
const RIGHT = 16;
const TOP = 28;
const BOTTOM = 24;
/** Half of the longest label of the time axis. */
const LABEL_HALF = 34;

/** A chart of one vital sign: patient, linear time axis, y axis with unit, reference range, values. */
export function Trend({ series, banner }: { series: VitalSeriesDto; banner: BannerDto }) {
  const say = useWords();
  const lines = drawnLines(say, series);
  const points = lines.flatMap((drawn) => drawn.points).toSorted((a, b) => a.at - b.at);
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  const values = points.map(({ number }) => number);
  const limits = series.ranges.flatMap(({ low, high }) => [low, high]);
  const bottom = Math.min(...values, ...limits);
  const top = Math.max(...values, ...limits);
  const x = scaleTime([first.at, Math.max(last.at, first.at + 1)], [LEFT + 18, W - RIGHT - 4]);
  const y = scaleLinear(bottom === top ? [bottom - 1, top + 1] : [bottom, top], [H - BOTTOM, TOP]).nice(4);
  const path = line<DrawnPoint>(
    (point) => x(point.at),
    (point) => y(point.number),
  );
  const undrawn = undrawnCount(series);
  const latest = series.latest === null ? last.text : sayMeasurement(say, series.latest);
  return (
    <figure className={css.figure}>
      <figcaption className={css.caption}>
        {say("trend.caption", {
          number: banner.number ?? "",
          from: formatDate(new Date(first.at).toISOString()),
          to: formatDate(new Date(last.at).toISOString()),
        })}{" "}
        · {sayRanges(say, series)}
        {undrawn === 0 ? null : ` · ${say("trend.unplotted", { count: undrawn })}`}
      </figcaption>
      <svg
        className={css.trend}
        viewBox={`0 0 ${W} ${H}`}
        role="img"
        aria-label={say("trend.label", {
          name: sayName(say, series),
          unit: series.unit ?? "",
          count: series.points.length - undrawn,
          value: latest,
          at: formatMillis(last.at),
        })}
      >
        {series.ranges.map((range) => (
          <rect
            key={range.sign}
            x={LEFT}
            width={W - LEFT - RIGHT + 8}
            y={y(range.high)}
            height={Math.max(1, y(range.low) - y(range.high))}
            className={css.band}
          />
        ))}
        {y.ticks(4).map((tick) => (
          <g key={tick}>
            <line x1={LEFT} x2={W - RIGHT + 8} y1={y(tick)} y2={y(tick)} className={css.rule} />
            <text x={LEFT - 6} y={y(tick) + 3.5} textAnchor="end" className={css.tick}>
              {tick}
            </text>
          </g>
        ))}
        <text x={2} y={10} className={css.tick}>
          {series.unit}
        </text>
        <line x1={LEFT} x2={W - RIGHT + 8} y1={H - BOTTOM} y2={H - BOTTOM} className={css.axis} />
        {timeLabels(first.at, last.at, x.ticks(3)).map(({ at, label }) => (
          <text key={label} x={x(at)} y={H - 8} textAnchor={anchorAt(x(at))} className={css.tick}>
            {label}
          </text>
        ))}
        {lines.map((drawn) => (
          <Line key={drawn.sign} points={drawn.points} path={path(drawn.points) ?? ""} x={x} y={y} />
        ))}
      </svg>
    </figure>
  );
}

/** Charts of at most this time have days on their axis, the others months. */
const DAYS_MS = 92 * 86_400_000;

/** The labels of the time axis, each once; a chart of a single moment has that day. */
function timeLabels(first: number, last: number, ticks: readonly Date[]): { at: number; label: string }[] {
  const dates = first === last ? [new Date(first)] : ticks;
  const labels = new Map<string, number>();
  for (const date of dates) {
    const day = formatDate(date.toISOString());
    const label = last - first <= DAYS_MS ? day : day.slice(3);
    if (!labels.has(label)) labels.set(label, date.getTime());
  }
  return [...labels].map(([label, at]) => ({ at, label }));
}

/** Labels near an edge are aligned with it, so that nothing is cut off. */
function anchorAt(x: number): "start" | "middle" | "end" {
  if (x > W - LABEL_HALF) return "end";
  return x < LABEL_HALF ? "start" : "middle";
}

interface LineProps {
  points: DrawnPoint[];
  path: string;
  x: (at: number) => number;
  y: (value: number) => number;
}

/** The line of one sign with its points. */
function Line({ points, path, x, y }: LineProps) {
  const say = useWords();
  const every = Math.max(1, Math.ceil(points.length / 8));
  return (
    <g>
      <path d={path} className={css.stroke} />
      {points.map((point, index) => (
        <g key={point.id}>
          {point.recorded === null ? null : <title>{say("value.recorded", { value: point.recorded })}</title>}
          <circle
            cx={x(point.at)}
            cy={y(point.number)}
            r="3"
            className={point.flag === null ? css.dot : css.dotFlagged}
          />
          {point.record === "synced" ? null : (
            <circle cx={x(point.at)} cy={y(point.number)} r="5.5" className={css.pendingRing} />
          )}
          {(points.length - 1 - index) % every === 0 ? (
            <text
              x={x(point.at)}
              y={y(point.number) - 8}
              textAnchor="middle"
              className={point.flag === null ? css.pointText : css.pointFlagged}
            >
              {point.flag === null ? point.text : `${point.text} ${point.flag}`}
            </text>
          ) : null}
        </g>
      ))}
    </g>
  );
}

/** The reference ranges of a series, with their source where they are those of an age. */
function sayRanges(say: Say, series: VitalSeriesDto): string {
  if (series.ranges.length === 0) return say("trend.norange");
  const source = series.ranges[0]?.source ?? null;
  const range = series.ranges.map(({ low, high }) => say("trend.range", { low, high })).join(", ");
  return source === null ? range : say("vitals.range.source", { range, source });
}

import { scaleLinear, scaleTime } from "d3-scale";
import { line } from "d3-shape";
import type { BannerDto, VitalSeriesDto } from "../ipc/bindings";
import { formatDate, formatMillis } from "../words/dates";
import { useWords } from "../words/words";
import css from "./vitals.module.css";

const W = 372;
const H = 196;
const LEFT = 34;
const RIGHT = 16;
const TOP = 28;
const BOTTOM = 24;

/** A chart of one vital sign: patient, linear time axis, y axis with unit, reference range, values. */
export function Trend({ series, banner }: { series: VitalSeriesDto; banner: BannerDto }) {
  const say = useWords();
  const points = series.points;
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  const values = points.map((point) => point.value);
  const bottom = Math.min(...values, series.low ?? Number.POSITIVE_INFINITY);
  const top = Math.max(...values, series.high ?? Number.NEGATIVE_INFINITY);
  const x = scaleTime([first.at, Math.max(last.at, first.at + 1)], [LEFT + 18, W - RIGHT - 4]);
  const y = scaleLinear(bottom === top ? [bottom - 1, top + 1] : [bottom, top], [H - BOTTOM, TOP]).nice(4);
  const path = line<(typeof points)[number]>(
    (point) => x(point.at),
    (point) => y(point.value),
  )(points);
  const every = Math.max(1, Math.ceil(points.length / 8));
  const range =
    series.low !== null && series.high !== null
      ? say("trend.range", { low: series.low, high: series.high })
      : say("trend.norange");
  return (
    <figure className={css.figure}>
      <figcaption className={css.caption}>
        {say("trend.caption", {
          number: banner.number ?? "",
          from: formatDate(new Date(first.at).toISOString()),
          to: formatDate(new Date(last.at).toISOString()),
        })}{" "}
        · {range}
      </figcaption>
      <svg
        className={css.trend}
        viewBox={`0 0 ${W} ${H}`}
        role="img"
        aria-label={say("trend.label", {
          name: say(`sign.name.${series.key}`),
          unit: series.unit ?? "",
          count: points.length,
          value: last.text,
          at: formatMillis(last.at),
        })}
      >
        {series.low !== null && series.high !== null ? (
          <rect
            x={LEFT}
            width={W - LEFT - RIGHT + 8}
            y={y(series.high)}
            height={Math.max(1, y(series.low) - y(series.high))}
            className={css.band}
          />
        ) : null}
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
        {x.ticks(3).map((tick) => (
          <text key={tick.getTime()} x={x(tick)} y={H - 8} textAnchor="middle" className={css.tick}>
            {formatDate(tick.toISOString()).slice(3)}
          </text>
        ))}
        <path d={path ?? ""} className={css.stroke} />
        {points.map((point, index) => (
          <g key={point.id}>
            {point.recorded === null ? null : <title>{say("value.recorded", { value: point.recorded })}</title>}
            <circle
              cx={x(point.at)}
              cy={y(point.value)}
              r="3"
              className={point.flag === null ? css.dot : css.dotFlagged}
            />
            {point.record === "synced" ? null : (
              <circle cx={x(point.at)} cy={y(point.value)} r="5.5" className={css.pendingRing} />
            )}
            {(points.length - 1 - index) % every === 0 ? (
              <text
                x={x(point.at)}
                y={y(point.value) - 8}
                textAnchor="middle"
                className={point.flag === null ? css.pointText : css.pointFlagged}
              >
                {point.flag === null ? point.text : `${point.text} ${point.flag}`}
              </text>
            ) : null}
          </g>
        ))}
      </svg>
    </figure>
  );
}

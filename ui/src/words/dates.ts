const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const two = (n: number) => String(n).padStart(2, "0");

/** A full time; the parser of the browser would also read words, "spring 1950" as the first day of 1950. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

function parseTime(iso: string): Date | null {
  const at = new Date(iso);
  return TIME.test(iso) && !Number.isNaN(at.getTime()) ? at : null;
}

const PARTIAL = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;

/**
 * A date as `22-Nov-2026`, from a full or partial ISO date or an RFC 3339 time (read in local time).
 * A year alone stays `2026`, a month `Nov-2026`. Invalid text is returned unchanged; null becomes empty.
 */
export function formatDate(iso: string | null): string {
  if (iso === null) return "";
  const partial = PARTIAL.exec(iso);
  if (partial !== null) {
    const [, year, month, day] = partial;
    const name = MONTHS[Number(month) - 1];
    if (month === undefined || name === undefined) return year ?? iso;
    return day === undefined ? `${name}-${year}` : `${day}-${name}-${year}`;
  }
  const at = parseTime(iso);
  if (at === null) return iso;
  return `${two(at.getDate())}-${MONTHS[at.getMonth()]}-${at.getFullYear()}`;
}

/** A time of day as `09:14`, local; empty for a partial date. */
export function formatTime(iso: string): string {
  const at = parseTime(iso);
  if (at === null) return "";
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** A time of day as `09:14:07`, local. */
export function formatSeconds(iso: string): string {
  const time = formatTime(iso);
  return time === "" ? "" : `${time}:${two(new Date(iso).getSeconds())}`;
}

/** `22-Nov-2026 09:14`, or the date alone if the time is not known. */
export function formatDateTime(iso: string | null): string {
  if (iso === null) return "";
  const time = formatTime(iso);
  return time === "" ? formatDate(iso) : `${formatDate(iso)} ${time}`;
}

/** `formatDateTime` for milliseconds since the epoch. */
export function formatMillis(at: number): string {
  return formatDateTime(new Date(at).toISOString());
}

/** The time alone on the day of `now`, otherwise date and time. */
export function formatRecent(iso: string, now: Date): string {
  return formatDate(iso) === formatDate(now.toISOString()) ? formatTime(iso) : formatDateTime(iso);
}

/** The weekday, 0 = Sunday, of an RFC 3339 time, local. */
export function weekdayOf(iso: string): number {
  return new Date(iso).getDay();
}

/** What the two fields of a form mean on the local clock. */
export type LocalDateTime =
  | { kind: "invalid" }
  /** The clock was put forward over this time, so that it never was. */
  | { kind: "skipped" }
  | { kind: "once"; at: string }
  /** The clock was put back, so that it was twice; with the UTC offsets that tell them apart. */
  | { kind: "twice"; first: string; second: string };

const OFFSET = /([+-]\d{2}:\d{2})$/;

/** The UTC offset of an RFC 3339 time, such as `+03:00`. */
export function offsetOf(at: string): string {
  return OFFSET.exec(at)?.[1] ?? "";
}

/** RFC 3339 with the local offset at that moment. */
function toLocalOffset(at: Date): string {
  const { date, time } = splitLocalDateTime(at);
  const minutes = -at.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${date}T${time}:00${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/**
 * What a date and a time of day (`2026-11-22`, `09:14`) mean here. Around a change of the clock the time is not moved:
 * the form has to ask.
 */
export function readLocalDateTime(date: string, time: string): LocalDateTime {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) return { kind: "invalid" };
  const guess = new Date(`${date}T${time}:00`);
  const real = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(guess.getTime()) || Number.isNaN(real.getTime())) return { kind: "invalid" };
  if (real.toISOString().slice(0, 10) !== date) return { kind: "invalid" };
  // Clocks are changed by up to three hours, in steps of a quarter of an hour.
  const found = [];
  for (let minutes = -180; minutes <= 180; minutes += 15) {
    const at = new Date(guess.getTime() + minutes * 60_000);
    const split = splitLocalDateTime(at);
    if (split.date === date && split.time === time) found.push(toLocalOffset(at));
  }
  const [first, second] = found;
  if (first === undefined) return { kind: "skipped" };
  return second === undefined ? { kind: "once", at: first } : { kind: "twice", first, second };
}

/**
 * RFC 3339 with the local offset, from the two fields of a form (`2026-11-22`, `09:14`).
 * Null if they are not a valid date and time; of a time that was twice the first, for clocks that are only compared.
 */
export function toLocalDateTime(date: string, time: string): string | null {
  const read = readLocalDateTime(date, time);
  if (read.kind === "once") return read.at;
  return read.kind === "twice" ? read.first : null;
}

/**
 * RFC 3339 for a time of day alone (`14:07`), on the day that is nearest to `now`: shortly before midnight, the phone
 * may already show the next day. Null if it is not a valid time.
 */
export function nearestLocalDateTime(time: string, now: Date): string | null {
  const candidates = [-1, 0, 1].map((days) => {
    const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
    return toLocalDateTime(splitLocalDateTime(day).date, time);
  });
  const distance = (candidate: string) => Math.abs(Date.parse(candidate) - now.getTime());
  return candidates.reduce(
    (best, one) => (best === null || (one !== null && distance(one) < distance(best)) ? one : best),
    null,
  );
}

/** A moment as the two fields of a form, local. */
export function splitLocalDateTime(at: Date): { date: string; time: string } {
  return {
    date: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}`,
  };
}

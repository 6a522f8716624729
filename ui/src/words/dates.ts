const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const two = (n: number) => String(n).padStart(2, "0");

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
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return `${two(at.getDate())}-${MONTHS[at.getMonth()]}-${at.getFullYear()}`;
}

/** A time of day as `09:14`, local; empty for a partial date. */
export function formatTime(iso: string): string {
  const at = new Date(iso);
  if (iso === "" || PARTIAL.test(iso) || Number.isNaN(at.getTime())) return "";
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

/**
 * RFC 3339 with the local offset, from the two fields of a form (`2026-11-22`, `09:14`).
 * Null if they are not a valid date and time.
 */
export function toLocalDateTime(date: string, time: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !/^\d{2}:\d{2}$/.test(time)) return null;
  const at = new Date(`${date}T${time}:00`);
  // A day that the month does not have would be parsed as a day of the next month.
  if (Number.isNaN(at.getTime()) || splitLocalDateTime(at).date !== date) return null;
  const minutes = -at.getTimezoneOffset();
  const sign = minutes < 0 ? "-" : "+";
  const size = Math.abs(minutes);
  return `${date}T${time}:00${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
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

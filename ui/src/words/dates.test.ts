import { expect, test } from "vitest";
import {
  formatDate,
  formatDateTime,
  formatRecent,
  formatSeconds,
  formatTime,
  nearestLocalDateTime,
  offsetOf,
  readLocalDateTime,
  toLocalDateTime,
} from "./dates";

test.each([
  ["", ""],
  ["2019", "2019"],
  ["2019-05", "May-2019"],
  ["2019-05-03", "03-May-2019"],
  ["2026-11-22T09:14:07+03:00", "22-Nov-2026"],
  ["2026-11-22T22:30:00Z", "23-Nov-2026"],
  ["not a date", "not a date"],
  ["spring 1950", "spring 1950"],
  ["about 2001-05-03", "about 2001-05-03"],
])("date %s reads %s", (iso, text) => expect(formatDate(iso)).toBe(text));

test("a time is local and has two digits each", () => {
  expect(formatTime("2026-11-22T09:04:07+03:00")).toBe("09:04");
  expect(formatSeconds("2026-11-22T09:04:07+03:00")).toBe("09:04:07");
  expect(formatTime("2026-11-22")).toBe("");
});

test("a full date is shown with its time, a partial date alone", () => {
  expect(formatDateTime("2026-11-22T09:14:00+03:00")).toBe("22-Nov-2026 09:14");
  expect(formatDateTime("2019-05")).toBe("May-2019");
});

test("today's time is shown without the date", () => {
  const now = new Date("2026-11-22T14:00:00+03:00");
  expect(formatRecent("2026-11-22T08:40:00+03:00", now)).toBe("08:40");
  expect(formatRecent("2026-11-21T08:40:00+03:00", now)).toBe("21-Nov-2026 08:40");
});

test("a typed date and time get the local offset", () => {
  expect(toLocalDateTime("2026-11-22", "09:14")).toBe("2026-11-22T09:14:00+03:00");
});

test.each([
  ["22-11-2026", "09:14"],
  ["2026-11-22", "9:14"],
  ["2026-13-01", "09:14"],
  ["2026-02-31", "09:14"],
  ["2026-11-22", "25:00"],
])("%s %s is not a date and time", (date, time) => expect(toLocalDateTime(date, time)).toBeNull());

const ZONES = ["America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Kiritimati", "Australia/Lord_Howe"];

/** Runs a check with the clock of another zone. */
function inZone(zone: string, check: () => void) {
  const own = process.env.TZ;
  process.env.TZ = zone;
  try {
    check();
  } finally {
    process.env.TZ = own;
  }
}

test.each(ZONES)("a date without a time is the same day in %s", (zone) =>
  inZone(zone, () => {
    expect(formatDate("2026-03-08")).toBe("08-Mar-2026");
    expect(formatDateTime("2026-11-01")).toBe("01-Nov-2026");
    expect(formatDate("2026-11")).toBe("Nov-2026");
    expect(formatDate("1990")).toBe("1990");
  }),
);

test.each(ZONES)("every time of a year in %s is read as itself", (zone) =>
  inZone(zone, () => {
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 7.25 * 3_600_000) {
      const local = new Date(at);
      const two = (n: number) => String(n).padStart(2, "0");
      const date = `${local.getFullYear()}-${two(local.getMonth() + 1)}-${two(local.getDate())}`;
      const read = readLocalDateTime(date, `${two(local.getHours())}:${two(local.getMinutes())}`);
      const times = read.kind === "once" ? [read.at] : read.kind === "twice" ? [read.first, read.second] : [];
      expect(times.map((time) => Date.parse(time))).toContain(at);
    }
  }),
);

test.each([
  ["America/New_York", "2026-03-08", "02:30", "skipped"],
  ["America/New_York", "2026-11-01", "01:30", "-04:00 -05:00"],
  ["Europe/Berlin", "2026-03-29", "02:30", "skipped"],
  ["Europe/Berlin", "2026-03-29", "03:00", "+02:00"],
  ["Europe/Berlin", "2026-10-25", "02:00", "+02:00 +01:00"],
  ["Europe/Berlin", "2026-10-25", "03:00", "+01:00"],
  ["Australia/Lord_Howe", "2026-04-05", "01:45", "+11:00 +10:30"],
  ["Australia/Lord_Howe", "2026-10-04", "02:15", "skipped"],
  ["Asia/Kolkata", "2026-03-29", "02:30", "+05:30"],
  ["Pacific/Kiritimati", "2026-03-08", "02:30", "+14:00"],
  ["Pacific/Kiritimati", "1994-12-31", "12:00", "skipped"],
])("in %s the time %s %s is %s", (zone, date, time, expected) =>
  inZone(zone, () => {
    const read = readLocalDateTime(date, time);
    const found =
      read.kind === "once"
        ? offsetOf(read.at)
        : read.kind === "twice"
          ? `${offsetOf(read.first)} ${offsetOf(read.second)}`
          : read.kind;
    expect(found).toBe(expected);
  }),
);

test("a time of day is on the nearest day", () => {
  const late = new Date("2026-11-22T23:56:00+03:00");
  expect(nearestLocalDateTime("23:51", late)).toBe("2026-11-22T23:51:00+03:00");
  expect(nearestLocalDateTime("00:03", late)).toBe("2026-11-23T00:03:00+03:00");
  expect(nearestLocalDateTime("23:58", new Date("2026-11-22T00:04:00+03:00"))).toBe("2026-11-21T23:58:00+03:00");
  expect(nearestLocalDateTime("1407", late)).toBeNull();
});

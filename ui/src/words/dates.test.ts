import { expect, test } from "vitest";
import {
  formatDate,
  formatDateTime,
  formatRecent,
  formatSeconds,
  formatTime,
  nearestLocalDateTime,
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

test("a time of day is on the nearest day", () => {
  const late = new Date("2026-11-22T23:56:00+03:00");
  expect(nearestLocalDateTime("23:51", late)).toBe("2026-11-22T23:51:00+03:00");
  expect(nearestLocalDateTime("00:03", late)).toBe("2026-11-23T00:03:00+03:00");
  expect(nearestLocalDateTime("23:58", new Date("2026-11-22T00:04:00+03:00"))).toBe("2026-11-21T23:58:00+03:00");
  expect(nearestLocalDateTime("1407", late)).toBeNull();
});

import { expect, test } from "vitest";
import { formatBytes, formatCount } from "./numbers";

test("counts are grouped with a thin space", () => {
  expect(formatCount(7)).toBe("7");
  expect(formatCount(62_880)).toBe("62\u202f880");
  expect(formatCount(1_234_567)).toBe("1\u202f234\u202f567");
});

test("sizes carry a unit", () => {
  expect(formatBytes(0)).toBe("0 B");
  expect(formatBytes(5_914)).toBe("5.9 kB");
  expect(formatBytes(28_311_552)).toBe("28.3 MB");
  expect(formatBytes(280_311_552)).toBe("280 MB");
});

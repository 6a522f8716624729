import { expect, test } from "vitest";
import { axeViolations, show } from "../testing/show";
import { SCENES } from "./scenes";

test.each(SCENES)("$name has no WCAG 2.2 AA violation", async ({ options, route }) => {
  await show(options, route);
  expect(await axeViolations()).toEqual([]);
});

test("scene names are unique", () => {
  const names = SCENES.map((scene) => scene.name);
  expect(new Set(names).size).toBe(names.length);
});

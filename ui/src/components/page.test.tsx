import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { show } from "../testing/show";

test.each([
  ["it-administrator", "/device", "This workstation"],
  ["nurse", "/sync", "Sync"],
] as const)("a scrolling page can be reached with the keyboard: %s at %s", async (role, route, name) => {
  await show({ role }, route);
  expect(screen.getByRole("region", { name })).toHaveAttribute("tabindex", "0");
});

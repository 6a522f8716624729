import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { show } from "../testing/show";

test("the page names the organisation, and the address is a detail", async () => {
  await show({ role: "it-administrator" });
  const [head] = screen.getAllByRole("status");
  expect(head).toHaveTextContent(/^Kisumu North Health Centre$/);
  expect(screen.getByText("fhir.kisumu-north.example")).toBeVisible();
  expect(screen.getByText("Room 3 workstation")).toBeVisible();
});

import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { show } from "../testing/show";

test("the header shows the organisation, the details show the server address", async () => {
  await show({ role: "it-administrator" });
  const [head] = screen.getAllByRole("status");
  expect(head).toHaveTextContent(/^Kisumu North Health Centre$/);
  expect(screen.getByText("fhir.kisumu-north.example")).toBeVisible();
  expect(screen.getByText("Room 3 workstation")).toBeVisible();
});

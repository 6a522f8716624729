import { render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { RowList } from "./row-list.view";

const people = ["GONZÁLEZ, María Fernanda de los Ángeles Guadalupe", "OTIENO, Baraka"];

const show = (wrap: boolean, rows = people) =>
  render(
    <RowList
      label="People"
      columns={[{ key: "name", label: "Name", width: "1fr", wrap, cell: (row: string) => row }]}
      total={rows.length}
      rowAt={(index) => rows[index]}
      rowHeight={40}
      empty="Nobody"
    />,
  );

const heights = () => screen.getAllByRole("row").flatMap((row) => (row.dataset.row ? [row.style.height] : []));

afterEach(() => vi.restoreAllMocks());

test("a cell that must not be cut off makes every row taller", () => {
  vi.spyOn(Element.prototype, "scrollHeight", "get").mockReturnValue(61);
  show(true);
  expect(heights()).toEqual(["70px", "70px"]);
});

test("other cells keep the rows as they are", () => {
  vi.spyOn(Element.prototype, "scrollHeight", "get").mockReturnValue(61);
  show(false);
  expect(heights()).toEqual(["40px", "40px"]);
});

test("empty: the list can still be reached from the keyboard", () => {
  show(true, []);
  expect(screen.getByRole("region", { name: "People" })).toHaveAttribute("tabindex", "0");
});

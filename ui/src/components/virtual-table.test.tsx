import { act, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { VirtualTable } from "./virtual-table.view";

const people = ["GONZÁLEZ, María Fernanda de los Ángeles Guadalupe", "OTIENO, Baraka"];

const show = (wrap: boolean, rows = people) =>
  render(
    <VirtualTable
      label="People"
      columns={[{ key: "name", label: "Name", width: "1fr", wrap, cell: (row: string) => row }]}
      total={rows.length}
      rowAt={(index) => rows[index]}
      rowHeight={40}
      empty="Nobody"
    />,
  );

const heights = () => screen.getAllByRole("row").flatMap((row) => (row.dataset.row ? [row.style.height] : []));

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("a wrapping cell that needs more lines makes every row taller", () => {
  vi.spyOn(Element.prototype, "scrollHeight", "get").mockReturnValue(61);
  show(true);
  expect(heights()).toEqual(["70px", "70px"]);
});

test("in a wider table the rows are measured again", () => {
  let resized = () => {};
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(callback: () => void) {
        resized = callback;
      }
      observe() {}
      disconnect() {}
    },
  );
  const needed = vi.spyOn(Element.prototype, "scrollHeight", "get").mockReturnValue(61);
  const width = vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(300);
  show(true);
  expect(heights()).toEqual(["70px", "70px"]);
  needed.mockReturnValue(20);
  width.mockReturnValue(600);
  act(() => resized());
  expect(heights()).toEqual(["40px", "40px"]);
});

test("a cell that does not wrap leaves the row height as it is", () => {
  vi.spyOn(Element.prototype, "scrollHeight", "get").mockReturnValue(61);
  show(false);
  expect(heights()).toEqual(["40px", "40px"]);
});

test("empty: the table can still be reached with the keyboard", () => {
  show(true, []);
  expect(screen.getByRole("region", { name: "People" })).toHaveAttribute("tabindex", "0");
});

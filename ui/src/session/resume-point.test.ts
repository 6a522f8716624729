import { expect, test } from "vitest";
import { fieldOf, readPlace } from "./resume-point";

test("a button that takes the focus leaves the caret where it was, until the form is gone", () => {
  document.body.innerHTML =
    '<form data-draft="d1"><textarea data-field="text">Called away</textarea></form><button>Stay</button>';
  const area = document.querySelector("textarea");
  area?.focus();
  area?.setSelectionRange(6, 6);
  const typed = fieldOf(document.activeElement, null);
  document.querySelector("button")?.focus();
  expect(readPlace("/chart/p1", fieldOf(document.activeElement, typed))).toEqual({
    route: "/chart/p1",
    draft: "d1",
    field: "text",
    caret: 6,
  });
  document.querySelector("form")?.remove();
  expect(readPlace("/chart/p1", fieldOf(document.activeElement, typed))).toEqual({
    route: "/chart/p1",
    draft: null,
    field: null,
    caret: 0,
  });
});

import { expect, test } from "vitest";
import { fieldInUse, readReturnPoint } from "./return-point";

test("focusing a button keeps the caret position until the form is removed", () => {
  document.body.innerHTML =
    '<form data-draft="d1"><textarea data-field="text">Called away</textarea></form><button>Stay</button>';
  const area = document.querySelector("textarea");
  area?.focus();
  area?.setSelectionRange(6, 6);
  const field = fieldInUse(document.activeElement, null);
  document.querySelector("button")?.focus();
  expect(readReturnPoint("/chart/p1", fieldInUse(document.activeElement, field))).toEqual({
    route: "/chart/p1",
    draft: "d1",
    field: "text",
    caret: 6,
  });
  document.querySelector("form")?.remove();
  expect(readReturnPoint("/chart/p1", fieldInUse(document.activeElement, field))).toEqual({
    route: "/chart/p1",
    draft: null,
    field: null,
    caret: 0,
  });
});

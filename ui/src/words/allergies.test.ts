import { createIntl } from "react-intl";
import { expect, test } from "vitest";
import type { AbsenceDto, QuantityDto } from "../ipc/bindings";
import { sayAbsence, sayAllergyState, sayReactionParts, saySafety } from "./allergies";
import { sayMoment } from "./moments";
import { messages, type Say } from "./words";

const intl = createIntl({ locale: "en", messages });
const say: Say = (id, values) => intl.formatMessage({ id }, values);

test("absence is said by its class, with the recorded words where they say something else", () => {
  const of = (kind: AbsenceDto["class"], words: string | null = null) => sayAbsence(say, { class: kind, words });
  expect(of("any")).toBe("No known allergies");
  expect(of("latex")).toBe("No known latex allergy");
  expect(of("any", "NKA except penicillin")).toBe("No known allergies, recorded as NKA except penicillin");
  expect(of("other", "No known egg allergy")).toBe("No known egg allergy");
  expect(of("substance", "Amoxicillin")).toBe("No known reaction to Amoxicillin");
});

test("absence of one kind never reads as absence of all", () => {
  const none: AbsenceDto[] = [
    { class: "drug", words: null },
    { class: "latex", words: null },
  ];
  const text = "No known drug allergies · No known latex allergy; others not recorded";
  expect(sayAllergyState(say, { state: "partly_none_known", none })).toBe(text);
  expect(saySafety(say, { state: "partly_none_known", none })).toBe(text);
});

test("a reaction is said with all its parts", () => {
  const reaction = {
    substance: "Cashew extract",
    manifestations: ["Hives", "Wheeze"],
    description: "After a test",
    onset: "2012-06-12",
    severity: "severe",
    route: "Skin",
    notes: ["adrenaline given"],
  };
  expect(sayReactionParts(say, reaction)).toBe(
    "to Cashew extract · Hives, Wheeze · After a test · severe · 12-Jun-2012 · by Skin · adrenaline given",
  );
});

test("an onset is said in every form", () => {
  const age = (number: string, unit: string | null): QuantityDto => ({
    comparator: null,
    number,
    unit,
    recorded: null,
  });
  expect(sayMoment(say, { kind: "date", at: "2019-03" })).toBe("Mar-2019");
  expect(sayMoment(say, { kind: "quantity", quantity: age("12", "a") })).toBe("at age 12 years");
  expect(sayMoment(say, { kind: "quantity", quantity: age("12", "moons") })).toBe("at age 12 moons");
  expect(sayMoment(say, { kind: "text", text: "in childhood" })).toBe("in childhood");
});

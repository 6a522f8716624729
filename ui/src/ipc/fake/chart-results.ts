import type { FlagDto, ResultDto } from "../bindings";
import { makeQuantity } from "./chart-vitals";

type Test = [name: string, value: string, unit: string, flag: FlagDto | null, range: string, panel: string];

const TESTS: Test[] = [
  ["HbA1c", "8.2", "%", "H", "4.0–6.0 %", "Haemoglobin A1c"],
  ["Creatinine", "112", "µmol/L", "H", "45–84 µmol/L", "Basic metabolic panel"],
  ["Potassium", "4.6003", "mmol/L", null, "3.5–5.1 mmol/L", "Basic metabolic panel"],
  ["eGFR (CKD-EPI 2021)", "47", "mL/min/1.73 m²", "L", "above 60", "Basic metabolic panel"],
  ["Sodium", "139", "mmol/L", null, "136–145 mmol/L", "Basic metabolic panel"],
  ["Haemoglobin", "121", "g/L", null, "120–155 g/L", "Full blood count"],
  ["Cholesterol, total", "5.9", "mmol/L", "H", "below 5.0", "Lipid panel"],
];

const NONE = { parts: [], interpretation: [], same: [], details: [], marks: [], until: null, corrected: null };
const EMPTY = { ...NONE, mayMarkEnteredInError: false, record: "synced" as const };

/** Results, newest first. */
export function makeResults(): ResultDto[] {
  return Array.from({ length: 168 }, (_, at) => {
    const [name, value, unit, flag, range, panel] = TESTS[at % TESTS.length] ?? ["", "", "", null, "", ""];
    const round = Math.floor(at / TESTS.length);
    return {
      ...EMPTY,
      id: `r${at}`,
      isReport: false,
      name,
      value: makeQuantity(value, unit, at === 2 ? "4.600271828182845 mmol/L" : null),
      flag,
      ranges: [{ low: null, high: null, text: range, meaning: null, appliesTo: [], ageFrom: null, ageTo: null }],
      taken: new Date(Date.parse("2026-11-11T09:05:00+03:00") - round * 86_400_000 * 91).toISOString(),
      panel,
    };
  });
}

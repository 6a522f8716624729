import type { FlagDto, ResultDto } from "../bindings";

const TESTS: [string, string, FlagDto | null, string, string][] = [
  ["HbA1c", "8.2 %", "H", "4.0–6.0 %", "Haemoglobin A1c"],
  ["Creatinine", "112 µmol/L", "H", "45–84 µmol/L", "Basic metabolic panel"],
  ["Potassium", "4.6003 mmol/L", null, "3.5–5.1 mmol/L", "Basic metabolic panel"],
  ["eGFR (CKD-EPI 2021)", "47 mL/min/1.73 m²", "L", "above 60", "Basic metabolic panel"],
  ["Sodium", "139 mmol/L", null, "136–145 mmol/L", "Basic metabolic panel"],
  ["Haemoglobin", "121 g/L", null, "120–155 g/L", "Full blood count"],
  ["Cholesterol, total", "5.9 mmol/L", "H", "below 5.0", "Lipid panel"],
];

/** Results, newest first. */
export function makeResults(): ResultDto[] {
  return Array.from({ length: 168 }, (_, at) => {
    const [name, value, flag, range, panel] = TESTS[at % TESTS.length] ?? ["", "", null, "", ""];
    const round = Math.floor(at / TESTS.length);
    return {
      id: `r${at}`,
      name,
      value,
      recorded: at === 2 ? "4.600271828182845 mmol/L" : null,
      flag,
      range,
      taken: new Date(Date.parse("2026-11-11T09:05:00+03:00") - round * 86_400_000 * 91).toISOString(),
      panel,
      status: "final",
      record: "synced",
    };
  });
}

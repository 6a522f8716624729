import type { News2Parameter, VitalFindingDto, VitalsCheckDto, VitalsDto, VitalsFieldDto } from "../bindings";

type Limits = [
  impossibleLow: number,
  low: number,
  high: number,
  impossibleHigh: number,
  normalLow: number,
  normalHigh: number,
];

const LIMITS: Record<VitalsFieldDto, Limits> = {
  systolic: [30, 60, 240, 320, 90, 140],
  diastolic: [10, 30, 140, 200, 60, 90],
  pulse: [10, 30, 200, 350, 60, 100],
  temperature: [24, 33, 42, 46, 36.1, 37.2],
  respiration: [2, 6, 45, 90, 12, 20],
  spo2: [20, 70, 100, 100, 95, 100],
  weight: [0.3, 2, 200, 650, 2, 200],
  height: [20, 40, 220, 280, 40, 220],
};

const NEWS2_FIELDS = ["respiration", "spo2", "systolic", "pulse", "consciousness", "temperature"] as const;

/** A rough stand-in for the clinical check, good enough to show every grade. */
export function checkFakeVitals(vitals: VitalsDto): VitalsCheckDto {
  const findings: VitalFindingDto[] = [];
  for (const [field, [bottom, low, high, top, normalLow, normalHigh]] of Object.entries(LIMITS) as [
    VitalsFieldDto,
    Limits,
  ][]) {
    const typed = vitals[field];
    if (typed === "") continue;
    const value = Number(typed);
    if (Number.isNaN(value)) findings.push({ field, grade: "not_a_number", low: null, high: null, source: null });
    else if (value < bottom || value > top)
      findings.push({ field, grade: "impossible", low: `${bottom}`, high: `${top}`, source: null });
    else if (value < low || value > high)
      findings.push({ field, grade: "improbable", low: `${low}`, high: `${high}`, source: null });
    else if (value < normalLow || value > normalHigh)
      findings.push({ field, grade: "abnormal", low: `${normalLow}`, high: `${normalHigh}`, source: null });
  }
  const answered: News2Parameter[] = vitals.oxygen === null ? [] : ["oxygen"];
  const given: News2Parameter[] = [...NEWS2_FIELDS.filter((field) => (vitals[field] ?? "") !== ""), ...answered];
  const missing = ([...NEWS2_FIELDS, "oxygen"] as const).filter((field) => !given.includes(field));
  const typed = NEWS2_FIELDS.some((field) => (vitals[field] ?? "") !== "");
  const height = Number(vitals.height) / 100;
  return {
    findings,
    news2: missing.length === 0 ? findings.filter(({ grade }) => grade !== "not_a_number").length * 2 : null,
    news2Risk: missing.length === 0 ? "low" : null,
    news2Parts: typed ? given.map((field) => ({ field, score: 0 })) : [],
    news2Response: missing.length === 0 ? "routine" : null,
    news2Missing: typed ? missing : [],
    news2Unavailable: vitals.pregnant ? "pregnant" : null,
    bmi: vitals.weight !== "" && height > 0.3 ? `${(Number(vitals.weight) / height ** 2).toFixed(1)} kg/m²` : null,
  };
}

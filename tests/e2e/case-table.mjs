// What must be seen in the window of each file in tests/fixtures/cases, and what must not.
//
// One entry is one tab of one chart. `see` and `not` are texts anywhere on the page; `rows` are lines of a list or table,
// found by a text that they contain, which itself does not count; `cards` are found by their title. Letter case is ignored.
const candidate = { query: "candidate", chart: "CANDIDATE" };
const onlyNoCategory = { query: "onlynocat", chart: "ONLYNOCAT" };
const newMisc = { query: "newmisc", chart: "NEWMISC" };
const newMedicines = { query: "newmed", chart: "NEWMED" };
const panelTest = { query: "paneltest", chart: "PANELTEST" };
const noAllergy = (number) => ({ query: `nkatest${number}`, chart: `NKATEST${number}` });
const noAllergyFile = "no-known-allergies";

/** Statements that there is nothing, where something is recorded. */
const ABSENCE = ["No results", "No current medicines", "No note has been", "No notes or", "No reports", "out of range", "No known"];

const dosages = {
  "Methotrexate 10 mg": { see: ["10 mg ONCE WEEKLY, on Mondays"], not: ["once a day"] },
  "Methotrexate 2.5 mg": { see: ["four tablets on Monday of each week only"], not: ["once a day"] },
  Oxycodone: { see: [/1( to |–)2 tablets every 4[-–]6 hours as needed, at most 8 (a|tablets per) day/i] },
  "Insulin aspart": { see: [/10 units 10 minutes before breakfast/i, "15 units before lunch"] },
  Ceftriaxone: { see: ["SINGLE dose"] },
  Amoxicillin: { see: ["425 mg", "50 mg/kg/day", "every 8 hours"] },
};
const signsOfOneMoment = {
  "Mean blood pressure": { see: ["45"] },
  "Pain severity": { see: ["9"] },
  "Glasgow coma score": { see: ["7"] },
  "Inhaled oxygen flow rate": { see: ["10 L/min"] },
  "Capillary glucose": { see: ["1.9 mmol/L"] },
};
const differential = { "Pulmonary embolism": { see: ["differential diagnosis"] } };
const doNotResuscitate = [/do not( resuscitate)?: cardiopulmonary resuscitation/i];

export const CHARTS = [
  { file: "dosage-text-says-more", ...candidate, tab: "Summary", rows: dosages },
  { file: "dosage-text-says-more", ...candidate, tab: "Medicines", rows: dosages },
  {
    file: "documents-of-many-forms",
    ...candidate,
    tab: "Notes and documents",
    see: ["c02-url", "c02-html", "c02-pdf-then-text", "c02-latin1"],
    not: [/\bSigned\b/],
    opened: {
      "c02-url": { see: ["Binary/c02"], not: ["Signed"] },
      "c02-html": { see: ["Stop warfarin today"], not: ["<p>", "Signed"] },
      "c02-pdf-then-text": { see: ["PDF", "Stop warfarin today"], not: ["Signed"] },
      "c02-latin1": { see: ["Größe 1,70 m"], not: ["Signed"] },
    },
  },
  { file: "allergen-in-narrative", ...candidate, tab: "Summary", banner: { see: ["Penicillin"] }, not: ["No known allerg"] },
  { file: "allergen-in-narrative", ...candidate, tab: "Allergies", cards: { "Known allergies": { see: ["Penicillin"] } } },
  { file: noAllergyFile, ...noAllergy(0), tab: "Allergies", ...none("No known latex allergy"), not: ["No known allergies"] },
  { file: noAllergyFile, ...noAllergy(1), tab: "Allergies", ...none("No known allergies") },
  { file: noAllergyFile, ...noAllergy(2), tab: "Allergies", ...none("No known allergies") },
  { file: noAllergyFile, ...noAllergy(3), tab: "Allergies", ...none("not recorded"), not: ["No known"] },
  { file: noAllergyFile, ...noAllergy(4), tab: "Allergies", ...none("No known drug allergies"), not: ["No known allergies"] },
  { file: noAllergyFile, ...noAllergy(5), tab: "Allergies", ...none("No known drug allergies"), not: ["No known allergies"] },
  {
    file: "vital-signs-in-us-units",
    ...candidate,
    tab: "Vitals",
    press: "Tables",
    rows: {
      "recorded as 103.1 F": { see: ["39.5 °C"] },
      "recorded as 154 lbs": { see: ["69.9 kg"] },
      "recorded as 65 inches": { see: [/165(\.1)? cm/] },
    },
  },
  {
    file: "results-with-every-status",
    ...candidate,
    tab: "Results",
    rows: {
      "Troponin preliminary": { see: ["preliminary", "0.04 ng/mL"] },
      "Troponin corrected": { see: ["corrected", "0.04 ng/mL"] },
      "Troponin cancelled": { see: ["cancelled"], not: ["0.04"] },
      "Troponin registered": { see: ["registered"], not: ["0.04"] },
      "Troponin final": { see: ["0.04 ng/mL"], not: ["preliminary", "corrected"] },
    },
  },
  {
    file: "medicine-not-to-be-given",
    ...candidate,
    tab: "Medicines",
    cards: { "Do not give": { see: ["Ibuprofen 400 mg", "do not give"] }, "Current medicines": { not: ["Ibuprofen"] } },
  },
  {
    file: "medicine-not-to-be-given",
    ...candidate,
    tab: "Summary",
    cards: { "Do not give": { see: ["Ibuprofen 400 mg"] }, "Current medicines": { not: ["Ibuprofen"] } },
  },
  { file: "suspected-problem", ...candidate, tab: "Summary", rows: differential },
  { file: "suspected-problem", ...candidate, tab: "Problems", rows: differential },
  { file: "suspected-problem", ...candidate, tab: "Timeline", rows: differential },
  {
    file: "members-and-recorded-words",
    ...panelTest,
    tab: "Results",
    rows: { "Blood Group Panel Includes": { see: ["Blood Group"] } },
  },
  {
    file: "members-and-recorded-words",
    ...panelTest,
    tab: "Medicines",
    rows: { "ASA 81 mg": { see: ["Recorded as “Aspirin 75 mg oral tablet”"] } },
  },
  {
    file: "members-and-recorded-words",
    ...panelTest,
    tab: "Vitals",
    press: "Tables",
    rows: { "11-Dec-2014 04:44 13": { see: ["13 {score}", "Mild TBI"] } },
  },
  { file: "refuted-records", query: "newprob", chart: "NEWPROB", tab: "Problems", rows: refuted("Refuted HIV") },
  { file: "refuted-records", query: "newprob", chart: "NEWPROB", tab: "Timeline", rows: refuted("Refuted HIV") },
  { file: "refuted-records", query: "newref", chart: "NEWREF", tab: "Timeline", rows: refuted("Penicillin") },
  {
    file: "refuted-records",
    query: "newref",
    chart: "NEWREF",
    tab: "Allergies",
    rows: refuted("Penicillin"),
    absentCards: ["Known allergies"],
    banner: { see: ["not recorded"], not: ["Penicillin"] },
  },
  ...["Summary", "Timeline", "Allergies"].map((tab) => ({
    file: "link-to-related-person",
    query: "motherlink",
    chart: "MOTHERLINK",
    tab,
    see: ["MOTHERLINK, Eve"],
    not: ["peanut"],
  })),
  {
    file: "merged-patient",
    query: "mergetest",
    chart: "MERGETEST, Old",
    tab: "Summary",
    see: ["merged into MERGETEST, New"],
    not: ["Record vitals"],
    leadsTo: { press: "Open MERGETEST, New", see: ["MERGETEST, New", "Record vitals"] },
  },
  {
    file: "order-not-to-resuscitate",
    query: "zweisr",
    chart: "ZWEISR",
    tab: "Summary",
    banner: { see: doNotResuscitate },
  },
  {
    file: "order-not-to-resuscitate",
    query: "zweisr",
    chart: "ZWEISR",
    tab: "Orders",
    banner: { see: doNotResuscitate },
    rows: { "Cardiopulmonary resuscitation": { see: ["do not"] } },
  },
  {
    file: "result-without-category",
    ...onlyNoCategory,
    tab: "Results",
    rows: { Haemoglobin: { see: ["5.1 g/dL", /\bLL\b/] } },
    not: ABSENCE,
  },
  {
    file: "critical-result-and-report",
    ...onlyNoCategory,
    tab: "Summary",
    rows: {
      Haemoglobin: { see: ["5.1 g/dL", /\bLL\b/] },
      "Chest CT": { see: ["Large pulmonary embolism, both main arteries."] },
    },
    see: ["apixaban 5 mg", "Discharge letter", "Stop warfarin today."],
    not: ABSENCE,
  },
  {
    file: "medicine-dispensed-without-order",
    ...onlyNoCategory,
    tab: "Medicines",
    rows: { "apixaban 5 mg": { see: ["1 twice a day"] } },
    not: ["No current medicines"],
  },
  {
    file: "critical-result-and-report",
    ...onlyNoCategory,
    tab: "Notes and documents",
    see: ["Discharge letter", "Stop warfarin today."],
    not: ABSENCE,
  },
  ...["Reports", "Results"].map((tab) => ({
    file: "report-texts",
    ...onlyNoCategory,
    tab,
    rows: { "Chest CT": { see: ["Large pulmonary embolism, both main arteries."] } },
    not: ABSENCE,
  })),
  ...["Reports", "Results"].map((tab) => ({
    file: "report-texts",
    ...newMisc,
    tab,
    rows: {
      "Report final": { see: ["Conclusion final"] },
      "Report with text form": { see: ["Large pneumothorax on the right."] },
    },
  })),
  {
    file: "medicines-not-in-force",
    ...newMedicines,
    tab: "Medicines",
    rows: {
      "Warfarin 3 mg on hold": { see: ["on hold", "INR 7.8, bleeding"] },
      "Metformin 500 mg plan": { see: ["plan"] },
      "Amiodarone 200 mg proposal": { see: ["proposal"] },
      "Digoxin 125 mcg option": { see: ["option"] },
      "Prednisolone 5 mg taper": { see: [/4 tablets.*then 2 tablets/is, /0?7[ -]Nov/i, /0?8([ -]Nov|-14 Nov)/i] },
    },
    cards: {
      "On hold": { see: ["warfarin"] },
      "Current medicines": { not: ["warfarin", "metformin", "amiodarone", "digoxin", "amoxicillin"] },
      "Past medicines": { see: ["amoxicillin"] },
    },
  },
  {
    file: "medicines-not-in-force",
    ...newMedicines,
    tab: "Summary",
    cards: {
      "On hold": { see: ["warfarin", "INR 7.8, bleeding"] },
      "Current medicines": { not: ["warfarin", "metformin", "amiodarone", "digoxin", "amoxicillin"] },
    },
  },
  { file: "vital-signs-of-one-moment", query: "newvit", chart: "NEWVIT", tab: "Summary", rows: signsOfOneMoment, see: ["80 /min"] },
  {
    file: "vital-signs-of-one-moment",
    query: "newvit",
    chart: "NEWVIT",
    tab: "Vitals",
    cards: signsOfOneMoment,
    see: ["80 /min"],
  },
  {
    file: "superseded-documents",
    ...newMisc,
    tab: "Notes and documents",
    rows: { "nx-super": { see: ["Replaced by nx-new, 05-Nov-2026"], not: ["Amended"] } },
    opened: {
      "nx-super": { see: ["Old plan: give heparin", "Replaced by nx-new, 05-Nov-2026"] },
      "nx-new": { see: ["New plan: NO heparin", "Replaces nx-super"] },
      "nx-two": { see: ["Part one of the letter.", "Part two: STOP WARFARIN."] },
      "nx-desc": { see: ["Description: patient must not receive contrast", "CT letter"] },
      "nx-md": { see: ["Stop aspirin", "Heading"], not: ["**", "# Heading"] },
    },
  },
  {
    file: "old-phone-and-old-number",
    query: "newofficial",
    chart: "NEWOFFICIAL",
    tab: "Summary",
    banner: { see: ["NEWOFFICIAL, Ida Maria", "222222222", "NEW-1"], not: ["111111111", "OLD-1"] },
  },
  {
    file: "medicine-by-ingredients",
    query: "zweimed",
    chart: "ZWEIMED",
    tab: "Medicines",
    rows: { Gentamicin: { see: ["80 mg/2 mL", "80 mg IV"] } },
  },
  ...["BIRTHTEST0", "BIRTHTEST1"].map((chart) => ({
    file: "partial-birth-dates",
    query: chart.toLowerCase(),
    chart,
    tab: "Summary",
    banner: { see: [/Born.*(~|about|approx)/is] },
  })),
  { file: "records-without-a-chart", query: "import", chart: "IMPORT", tab: "Allergies", see: ["not recorded"], not: ["Penicillin"] },
];

/** Searches, and the patient whom each must find. */
export const SEARCHES = [
  { file: "names-of-many-scripts", typed: ["王小明"], finds: "王" },
  { file: "names-of-many-scripts", typed: ["YILMAZ", "yilmaz", "isik", "Işık"], finds: "YILMAZ" },
  { file: "names-of-many-scripts", typed: ["ΠΑΠΑΔΟΠΟΥΛΟΣ"], finds: "ΠΑΠΑΔΟΠΟΥΛΟΣ" },
  { file: "names-of-many-scripts", typed: ["علي", "۱۹۷۴"], finds: "آدم علی‌رضا" },
  { file: "records-without-a-chart", typed: ["bundled"], finds: "BUNDLED" },
];

/** Patients with partial birth dates, and when their vital signs were taken (null is now). */
export const VITALS = {
  file: "partial-birth-dates",
  patients: ["BIRTHTEST0", "BIRTHTEST1", "BIRTHTEST2"],
  taken: ["2026-03-15", "2026-11-10", null],
};

/** Files whose journey steps are written out. */
export const OTHERS = ["pregnant", "records-without-a-chart"];

/** An allergy tab on which the absence of a class is said, and no allergy. */
function none(said) {
  return { see: [said], absentCards: ["Known allergies"], banner: { see: [said] } };
}

function refuted(record) {
  return { [record]: { see: ["refuted"] } };
}

import type { PatientRowDto, SexDto } from "../bindings";

type Named = [family: string, given: string, birth: string, age: string, sex: SexDto, number: string];

const KNOWN: Named[] = [
  ["GONZÁLEZ", "María Fernanda", "1961-02-03", "65 y", "female", "CH-004471"],
  ["OTIENO", "Baraka", "2025-08-14", "15 mo 8 d", "male", "CH-009120"],
  ["NGUYỄN", "Thị Hoa", "1988-11-30", "37 y", "female", "CH-001033"],
  ["AL-HASSAN", "Yusuf", "1949-05-19", "77 y", "male", "CH-007755"],
  ["KOWALSKA", "Zofia", "2002-01-07", "24 y", "female", "CH-002208"],
  ["GONZALES", "Ana", "1990-07", "36 y", "female", "CH-003310"],
  ["WANGARI", "Faith", "1997", "29 y", "female", "CH-005561"],
  ["GONSALVES", "Peter", "1973-12-09", "52 y", "male", "CH-006118"],
];

const FAMILIES = [
  "ACHIENG",
  "ADEYEMI",
  "BANDA",
  "CHEN",
  "DIALLO",
  "EKWUEME",
  "FERREIRA",
  "GARCÍA",
  "HAKIMI",
  "IBRAHIM",
  "JENSEN",
  "KIPCHOGE",
  "LEMMA",
  "MWANGI",
  "NDLOVU",
  "ODHIAMBO",
  "PEREIRA",
  "QURESHI",
  "RUTO",
  "SILVA",
  "TESFAYE",
  "UWIMANA",
  "VERMA",
  "WAFULA",
  "YILMAZ",
  "ZULU",
];
const GIVEN = [
  "Aisha",
  "Bruno",
  "Chipo",
  "Daniel",
  "Esther",
  "Farid",
  "Gloria",
  "Hamisi",
  "Imani",
  "João",
  "Kezia",
  "Lwazi",
  "Mercy",
];

const row = (index: number, [family, given, birthDate, age, sex, number]: Named): PatientRowDto => ({
  patient: `p${index + 1}`,
  family,
  given,
  birthDate,
  age,
  sex,
  number,
  phone: `+254 700 555 ${String(14 + index * 7)
    .padStart(3, "0")
    .slice(-3)}`,
  lastSeen:
    index % 5 === 4 || index === 6
      ? null
      : `2026-${String(11 - (index % 9)).padStart(2, "0")}-${String(1 + (index % 20)).padStart(2, "0")}T10:32:00+03:00`,
  lastSeenKnown: index !== 6,
  openedToday: false,
  ready: index !== 6,
  alert: index === 3,
  deceased: index === 41,
  died: index === 41 ? "2025-04-02" : null,
  replaced: index === 42,
  inactive: index === 42,
  unnamed: false,
});

/** 420 invented patients; tests rely on the first eight. */
export function makePatients(): PatientRowDto[] {
  const rows = KNOWN.map((known, index) => row(index, known));
  for (let index = rows.length; index < 420; index += 1) {
    const family = FAMILIES[(index * 7) % FAMILIES.length] ?? "ZULU";
    const given = GIVEN[(index * 5) % GIVEN.length] ?? "Imani";
    const year = 1938 + ((index * 13) % 86);
    const month = String(1 + ((index * 3) % 12)).padStart(2, "0");
    const day = String(1 + ((index * 11) % 28)).padStart(2, "0");
    const number = `CH-${String(10000 + index * 3).padStart(6, "0")}`;
    rows.push(
      row(index, [
        family,
        given,
        `${year}-${month}-${day}`,
        `${2026 - year} y`,
        index % 2 === 0 ? "female" : "male",
        number,
      ]),
    );
  }
  return rows;
}

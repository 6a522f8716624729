import type { DosageDto, MedicineDto } from "../bindings";

/** An ordinary medicine, with what is given. */
export function fakeMedicine({ id, ...given }: Partial<MedicineDto> & { id: string }): MedicineDto {
  return {
    reference: `MedicationRequest/${id}`,
    kind: "order",
    name: null,
    product: null,
    recorded: [],
    group: "current",
    marks: [],
    status: "active",
    dosages: [],
    since: null,
    age: null,
    ended: null,
    priority: null,
    reasons: [],
    categories: [],
    notes: [],
    requester: null,
    supply: null,
    history: [],
    moreHistory: 0,
    record: "synced",
    ...given,
  };
}

/** A dosage that says nothing. */
export const EMPTY_DOSAGE: DosageDto = {
  words: null,
  sequence: null,
  doses: [],
  timing: {
    moments: [],
    frequency: null,
    period: null,
    count: null,
    duration: null,
    days: [],
    times: [],
    events: [],
    offset: null,
    bounds: null,
    code: null,
  },
  asNeeded: false,
  asNeededFor: null,
  route: null,
  site: null,
  method: null,
  maxima: [],
  instructions: [],
  unread: [],
};

/** So much, so many times a day. */
export function fakeDosage(number: string, unit: string, times: number): DosageDto {
  const one = { low: "1", high: null };
  return {
    ...EMPTY_DOSAGE,
    doses: [
      {
        kind: null,
        dose: { kind: "quantity", quantity: { comparator: null, number, unit, recorded: null } },
        rate: null,
      },
    ],
    timing: {
      ...EMPTY_DOSAGE.timing,
      frequency: { low: String(times), high: null },
      period: { limits: one, unit: "day" },
    },
    route: "oral",
  };
}

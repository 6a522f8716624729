import type { EndedDto, MedicineDto, MedicineEventDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { messageFor, type Say } from "../words/words";
import { sayHandedOut, sayValidity } from "./dosage-words";

function sayStatus(say: Say, code: string): string {
  if (code === "") return say("medicine.status.missing");
  return say(messageFor("medicine.status", code, "medicine.status.other"), { code });
}

/** Why and when a medicine is past. */
export function sayEnded(say: Say, ended: EndedDto, status: string | null): string {
  const by = say(`medicine.ended.${ended.by}`, { status: sayStatus(say, status ?? "") });
  return ended.at === null ? by : say("medicine.ended.at", { ended: by, date: formatDate(ended.at) });
}

/** What else is recorded about a medicine, one text each. */
export function sayDetails(say: Say, medicine: MedicineDto): string[] {
  const { supply } = medicine;
  const kind = say(`medicine.kind.${medicine.kind}`);
  const texts = [
    medicine.requester === null ? null : say("medicine.by", { kind, who: medicine.requester }),
    medicine.priority === null ? null : say("medicine.priority", { priority: medicine.priority }),
    ...medicine.reasons.map((reason) => say("medicine.reason", { reason })),
    ...medicine.categories.map((category) => say("medicine.category", { category })),
    ...medicine.notes.map((note) => say("medicine.note", { note })),
  ];
  if (supply !== null) {
    if (supply.quantity !== null)
      texts.push(say("medicine.quantity", { quantity: sayHandedOut(say, supply.quantity) }));
    if (supply.repeats !== null) texts.push(say("medicine.repeats", { repeats: supply.repeats }));
    if (supply.duration !== null) texts.push(say("medicine.lasts", { duration: sayHandedOut(say, supply.duration) }));
    if (supply.validity !== null) texts.push(say("medicine.valid", { period: sayValidity(supply.validity) }));
    if (supply.substitution !== null)
      texts.push(say(supply.substitution ? "medicine.substitution.yes" : "medicine.substitution.no"));
  }
  return texts.filter((text) => text !== null);
}

/** One record of a medicine's history: what, when, who, how much. */
export function sayEvent(say: Say, event: MedicineEventDto): string {
  const kind = say(`medicine.kind.${event.kind}`);
  const texts = [
    event.who === null ? kind : say("medicine.by", { kind, who: event.who }),
    formatDate(event.at),
    event.name,
    ...event.recorded.map((words) => say("medicine.recorded", { words })),
    event.quantity === null ? null : say("medicine.quantity", { quantity: sayHandedOut(say, event.quantity) }),
    ...event.notes.map((note) => say("medicine.note", { note })),
  ];
  return texts.filter((text) => text !== null && text !== "").join(" · ");
}

import type { Consciousness, VitalsFieldDto } from "../ipc/bindings";
import type { MessageId } from "../words/words";
import type { VitalsDraft } from "./draft-content";

/** A numeric field of the vitals form. */
export interface VitalsField {
  key: VitalsFieldDto;
  label: MessageId;
  /** Unit as displayed; the same in every language. */
  unit: string;
}

/** The numeric fields in the order in which they are measured. */
export const VITALS_FIELDS: readonly VitalsField[] = [
  { key: "systolic", label: "vital.systolic", unit: "mmHg" },
  { key: "diastolic", label: "vital.diastolic", unit: "mmHg" },
  { key: "pulse", label: "vital.pulse", unit: "/min" },
  { key: "temperature", label: "vital.temperature", unit: "°C" },
  { key: "respiration", label: "vital.respiration", unit: "/min" },
  { key: "spo2", label: "vital.spo2", unit: "%" },
  { key: "weight", label: "vital.weight", unit: "kg" },
  { key: "height", label: "vital.height", unit: "cm" },
];

/** The levels of consciousness of NEWS2. */
export const CONSCIOUSNESS: readonly Consciousness[] = ["alert", "confusion", "voice", "pain", "unresponsive"];

/** Answers to whether the patient breathes air or oxygen. */
export const OXYGEN = ["air", "oxygen"] as const;

/** Answers to whether the patient is pregnant. */
export const PREGNANT = ["no", "yes"] as const;

/** The answer as it is sent: `yes` is true, not answered is null. */
export function answer(text: string, yes: string): boolean | null {
  return text === "" ? null : text === yes;
}

/** Whether nothing was measured. */
export function isEmptyVitals(vitals: VitalsDraft): boolean {
  return VITALS_FIELDS.every((field) => vitals[field.key].trim() === "") && vitals.consciousness === "";
}

import * as v from "valibot";

const text = v.optional(v.string(), "");

const vitalsDraft = v.object({
  taken: text,
  systolic: text,
  diastolic: text,
  pulse: text,
  temperature: text,
  respiration: text,
  spo2: text,
  weight: text,
  height: text,
  oxygen: v.optional(v.boolean(), false),
  scale2: v.optional(v.boolean(), false),
  consciousness: text,
});

const noteDraft = v.object({ kind: text, text });

/** The vitals form's content in a draft. */
export type VitalsDraft = v.InferOutput<typeof vitalsDraft>;
/** The note form's content in a draft. */
export type NoteDraft = v.InferOutput<typeof noteDraft>;

/** A vitals form with nothing in it. */
export const EMPTY_VITALS: VitalsDraft = v.parse(vitalsDraft, {});

const read = (content: string): unknown => {
  try {
    return JSON.parse(content);
  } catch {
    return {};
  }
};

/** The content of a vitals draft; what this build does not know is left out, never guessed. */
export function readVitalsDraft(content: string): VitalsDraft {
  const parsed = v.safeParse(vitalsDraft, read(content));
  return parsed.success ? parsed.output : EMPTY_VITALS;
}

/** The content of a note draft. */
export function readNoteDraft(content: string): NoteDraft {
  const parsed = v.safeParse(noteDraft, read(content));
  return parsed.success ? parsed.output : { kind: "", text: "" };
}

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
  // Drafts of earlier versions say false where nothing was answered.
  oxygen: v.pipe(
    v.optional(v.union([v.boolean(), v.string()]), ""),
    v.transform((oxygen) => (typeof oxygen === "string" ? oxygen : oxygen ? "oxygen" : "")),
  ),
  scale2: v.optional(v.boolean(), false),
  scale2Reason: text,
  pregnant: text,
  consciousness: text,
});

const noteDraft = v.object({ kind: text, text });

/** The content of a vitals draft. */
export type VitalsDraft = v.InferOutput<typeof vitalsDraft>;
/** The content of a note draft. */
export type NoteDraft = v.InferOutput<typeof noteDraft>;

/** An empty vitals form. */
export const EMPTY_VITALS: VitalsDraft = v.parse(vitalsDraft, {});

const read = (content: string): unknown => {
  try {
    return JSON.parse(content);
  } catch {
    return {};
  }
};

/** Reads a vitals draft; fields that this version does not know are dropped. */
export function readVitalsDraft(content: string): VitalsDraft {
  const parsed = v.safeParse(vitalsDraft, read(content));
  return parsed.success ? parsed.output : EMPTY_VITALS;
}

/** Reads a note draft. */
export function readNoteDraft(content: string): NoteDraft {
  const parsed = v.safeParse(noteDraft, read(content));
  return parsed.success ? parsed.output : { kind: "", text: "" };
}

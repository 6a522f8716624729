import { useState } from "react";
import type { BannerAllergiesDto, BannerAllergyDto } from "../ipc/bindings";
import { sayAbsences, sayAllergyState } from "../words/allergies";
import { sayMark } from "../words/marks";
import { type Say, useWords } from "../words/words";
import { Button } from "./button.view";
import { Chip } from "./chip.view";
import css from "./patient-banner.module.css";

/** As many as fit beside the identification of most patients; the others are a press away. */
const AT_FIRST = 12;

/** The allergy state with all allergens. Red is for allergies alone; that there is none is said plainly. */
export function AllergyStrip({ allergies }: { allergies: BannerAllergiesDto }) {
  const say = useWords();
  const [all, setAll] = useState(false);
  const { state, list, none, incomplete } = allergies;
  if (state !== "known")
    return (
      <p className={css.allergies}>
        {state === "unavailable" ? (
          <Chip tone="warn" wrap>
            {sayAllergyState(say, allergies)}
          </Chip>
        ) : (
          <b>{sayAllergyState(say, allergies)}</b>
        )}
      </p>
    );
  const shown = all ? list : list.slice(0, AT_FIRST);
  const more = list.length - shown.length;
  return (
    <div className={css.allergies}>
      <b className={css.allergic}>{say("banner.allergies")}</b>
      <ul>
        {shown.map((allergy, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two records may be equal, and the list is never reordered
          <li key={at}>
            <Chip tone={allergy.severe ? "alert" : "critical"} wrap>
              {sayAllergen(say, allergy)}
            </Chip>
          </li>
        ))}
      </ul>
      {more > 0 ? <Button onPress={() => setAll(true)}>{say("banner.allergies.more", { count: more })}</Button> : null}
      {incomplete ? <Chip tone="warn">{say("banner.allergies.incomplete")}</Chip> : null}
      {none.length > 0 ? <span>{say("banner.allergies.also", { none: sayAbsences(say, none) })}</span> : null}
    </div>
  );
}

function sayAllergen(say: Say, { substance, severe, marks }: BannerAllergyDto): string {
  const name = substance ?? say("value.unreadable");
  const parts = [...(severe ? [say("allergies.severe")] : []), ...marks.map((mark) => sayMark(say, mark))];
  return parts.length === 0 ? name : say("banner.allergen", { name, marks: parts.join(", ") });
}

import { Card, CardEmpty, CardRow } from "../components/card.view";
import { Chip } from "../components/chip.view";
import type { AllergiesDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { useWords } from "../words/words";
import { sayReaction } from "./allergy-words";
import css from "./chart.module.css";
import { RecordStateChip } from "./record-state.view";

/** Shows exactly one of four states: known and listed, none known, not recorded, unavailable. Never blank. */
export function AllergiesCard({ allergies }: { allergies: AllergiesDto }) {
  const say = useWords();
  switch (allergies.state) {
    case "known":
      return (
        <Card
          title={say("allergies.known")}
          aside={allergies.incomplete ? undefined : allergies.list.length}
          tone="critical"
        >
          <ul>
            {allergies.list.map((allergy) => (
              <CardRow
                key={allergy.id}
                end={allergy.recorded === null ? undefined : say("recorded", { date: formatDate(allergy.recorded) })}
              >
                <b>{allergy.substance ?? say("value.unreadable")}</b>{" "}
                {allergy.severe ? (
                  <Chip tone="critical">{sayReaction(say, allergy.reaction) || say("allergies.severe")}</Chip>
                ) : (
                  sayReaction(say, allergy.reaction)
                )}{" "}
                <RecordStateChip record={allergy.record} />
              </CardRow>
            ))}
          </ul>
          {allergies.incomplete ? <p className={css.incomplete}>{say("allergies.incomplete")}</p> : null}
        </Card>
      );
    case "none_known":
      return (
        <Card title={say("allergies.none_known")}>
          <CardEmpty>
            {allergies.recorded === null
              ? say("allergies.none_known.text")
              : say("allergies.none_known.since", { date: formatDate(allergies.recorded) })}
          </CardEmpty>
        </Card>
      );
    case "not_recorded":
      return (
        <Card title={say("allergies.not_recorded")}>
          <CardEmpty>{say("allergies.not_recorded.text")}</CardEmpty>
        </Card>
      );
    case "unavailable":
      return (
        <Card title={say("allergies.unavailable")} tone="critical">
          <CardEmpty>{say("allergies.unavailable.text")}</CardEmpty>
        </Card>
      );
  }
}

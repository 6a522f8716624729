import { Card, CardEmpty, CardRow } from "../components/card.view";
import { Chip } from "../components/chip.view";
import type { ImmunisationDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { messageFor, useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import { RecordStateChip } from "./record-state.view";

/** Vaccines that were given or not given. */
export function ImmunisationsCard({ immunisations }: { immunisations: ImmunisationDto[] }) {
  const say = useWords();
  const { sayNone, count } = useAbsence();
  return (
    <Card title={say("immunisations.title")} aside={count(immunisations.length, SUBJECTS.immunisations)}>
      {immunisations.length === 0 ? (
        <CardEmpty>{sayNone("immunisations.none", SUBJECTS.immunisations)}</CardEmpty>
      ) : (
        <ul>
          {immunisations.map((immunisation) => (
            <CardRow key={immunisation.id} end={formatDate(immunisation.given)}>
              {immunisation.vaccine ?? say("value.unreadable")}{" "}
              {immunisation.status === "completed" ? null : (
                <Chip tone="warn">
                  {say(messageFor("immunisation", immunisation.status ?? "", "immunisation.other"))}
                </Chip>
              )}{" "}
              <RecordStateChip record={immunisation.record} />
            </CardRow>
          ))}
        </ul>
      )}
    </Card>
  );
}

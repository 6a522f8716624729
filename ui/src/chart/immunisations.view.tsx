import { Card, CardEmpty, CardRow } from "../components/card.view";
import { Chip } from "../components/chip.view";
import type { ImmunisationDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { messageFor, useWords } from "../words/words";
import { useAbsence } from "./absence";
import { RecordMark } from "./record-mark.view";

/** Vaccines given and not given. */
export function ImmunisationsCard({ immunisations }: { immunisations: ImmunisationDto[] }) {
  const say = useWords();
  const { sayNone, count } = useAbsence();
  return (
    <Card title={say("immunisations.title")} aside={count(immunisations.length, ["Immunization"])}>
      {immunisations.length === 0 ? (
        <CardEmpty>{sayNone("immunisations.none", ["Immunization"])}</CardEmpty>
      ) : (
        <ul>
          {immunisations.map((one) => (
            <CardRow key={one.id} end={formatDate(one.given)}>
              {one.vaccine}{" "}
              {one.status === "completed" ? null : (
                <Chip tone="warn">{say(messageFor("immunisation", one.status, "immunisation.other"))}</Chip>
              )}{" "}
              <RecordMark record={one.record} />
            </CardRow>
          ))}
        </ul>
      )}
    </Card>
  );
}

import type { MedicineDto } from "../ipc/bindings";
import { Card, CardEmpty, CardRow } from "../parts/card.view";
import { formatDate } from "../words/dates";
import { messageFor, useWords } from "../words/words";
import { MedicationLine } from "./medication-line.view";

/** Current medicines; with `past`, those that ended below them. */
export function MedicinesCard({ medicines }: { medicines: MedicineDto[] }) {
  const say = useWords();
  const current = medicines.filter((one) => one.active);
  return (
    <Card title={say("medicines.title")} aside={say("medicines.count", { count: current.length })}>
      {current.length === 0 ? (
        <CardEmpty>{say("medicines.none")}</CardEmpty>
      ) : (
        <ul>
          {current.map((one) => (
            <CardRow key={one.id} end={one.age}>
              <MedicationLine medicine={one} />
            </CardRow>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** Medicines that ended, with how. */
export function PastMedicinesCard({ medicines }: { medicines: MedicineDto[] }) {
  const say = useWords();
  const past = medicines.filter((one) => !one.active);
  return (
    <Card title={say("medicines.past")} aside={past.length}>
      {past.length === 0 ? (
        <CardEmpty>{say("medicines.past.none")}</CardEmpty>
      ) : (
        <ul>
          {past.map((one) => (
            <CardRow
              key={one.id}
              end={`${say(messageFor("medicine", one.status, "medicine.ended"))}${one.since === "" ? "" : ` · ${say("since", { date: formatDate(one.since) })}`}`}
            >
              <MedicationLine medicine={one} />
            </CardRow>
          ))}
        </ul>
      )}
    </Card>
  );
}

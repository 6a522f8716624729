import { Card, CardEmpty, CardRow } from "../components/card.view";
import type { MedicineDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { messageFor, useWords } from "../words/words";
import { MEDICINES, useAbsence } from "./absence";
import { MedicationLine } from "./medication-line.view";

/** Current medicines; with `past`, those that ended below them. */
export function MedicinesCard({ medicines }: { medicines: MedicineDto[] }) {
  const say = useWords();
  const { sayNone, count } = useAbsence();
  const current = medicines.filter((one) => one.active);
  return (
    <Card title={say("medicines.title")} aside={count(say("medicines.count", { count: current.length }), MEDICINES)}>
      {current.length === 0 ? (
        <CardEmpty>{sayNone("medicines.none", MEDICINES)}</CardEmpty>
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
  const { sayNone, count } = useAbsence();
  const past = medicines.filter((one) => !one.active);
  return (
    <Card title={say("medicines.past")} aside={count(past.length, MEDICINES)}>
      {past.length === 0 ? (
        <CardEmpty>{sayNone("medicines.past.none", MEDICINES)}</CardEmpty>
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

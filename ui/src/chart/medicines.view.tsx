import { Card, CardEmpty, CardRow } from "../components/card.view";
import type { MedicineDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { sayElapsed } from "../words/elapsed";
import { messageFor, useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import { MedicationLine } from "./medication-line.view";

/** Current medicines. */
export function MedicinesCard({ medicines }: { medicines: MedicineDto[] }) {
  const say = useWords();
  const { sayNone, count } = useAbsence();
  const current = medicines.filter((medicine) => medicine.active);
  return (
    <Card
      title={say("medicines.title")}
      aside={count(say("medicines.count", { count: current.length }), SUBJECTS.medicines)}
    >
      {current.length === 0 ? (
        <CardEmpty>{sayNone("medicines.none", SUBJECTS.medicines)}</CardEmpty>
      ) : (
        <ul>
          {current.map((medicine) => (
            <CardRow key={medicine.id} end={sayElapsed(say, medicine.age)}>
              <MedicationLine medicine={medicine} />
            </CardRow>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** Past medicines, with the reason why they ended. */
export function PastMedicinesCard({ medicines }: { medicines: MedicineDto[] }) {
  const say = useWords();
  const { sayNone, count } = useAbsence();
  const past = medicines.filter((medicine) => !medicine.active);
  return (
    <Card title={say("medicines.past")} aside={count(past.length, SUBJECTS.medicines)}>
      {past.length === 0 ? (
        <CardEmpty>{sayNone("medicines.past.none", SUBJECTS.medicines)}</CardEmpty>
      ) : (
        <ul>
          {past.map((medicine) => (
            <CardRow
              key={medicine.id}
              end={`${say(messageFor("medicine", medicine.status ?? "", "medicine.ended"))}${medicine.since === null ? "" : ` · ${say("since", { date: formatDate(medicine.since) })}`}`}
            >
              <MedicationLine medicine={medicine} />
            </CardRow>
          ))}
        </ul>
      )}
    </Card>
  );
}

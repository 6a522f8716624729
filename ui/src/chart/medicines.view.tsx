import { Card, CardEmpty, CardRow } from "../components/card.view";
import type { MedicineDto, MedicineGroupDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { sayElapsed } from "../words/elapsed";
import { useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import css from "./chart.module.css";
import { CutList } from "./cut-list.view";
import { Marks } from "./marks.view";
import { DosageLines, MedicationLine } from "./medication-line.view";
import { sayDetails, sayEnded, sayEvent } from "./medicine-words";
import { RecordMenu } from "./record-menu.view";

/** The groups beside the current medicines that no reader of a summary may miss. */
const BESIDE_CURRENT: MedicineGroupDto[] = ["on_hold", "unknown", "without_order"];

/** Medicines not to be given, current ones, and those whose use is open. */
export function MedicinesCard({ medicines }: { medicines: MedicineDto[] }) {
  return (
    <>
      <CutList tab="medicines" />
      <GroupCard group="do_not_give" medicines={medicines} />
      <CurrentCard medicines={medicines} />
      {BESIDE_CURRENT.map((group) => (
        <GroupCard key={group} group={group} medicines={medicines} />
      ))}
    </>
  );
}

/** Planned and past medicines. */
function OtherMedicinesCards({ medicines }: { medicines: MedicineDto[] }) {
  const say = useWords();
  const { sayNone, count } = useAbsence();
  const past = medicines.filter((medicine) => medicine.group === "past");
  return (
    <>
      <GroupCard group="planned" medicines={medicines} full />
      <Card title={say("medicines.group.past")} aside={count(past.length, SUBJECTS.medicines)}>
        {past.length === 0 ? (
          <CardEmpty>{sayNone("medicines.past.none", SUBJECTS.medicines)}</CardEmpty>
        ) : (
          <Rows medicines={past} full />
        )}
      </Card>
    </>
  );
}

/** All medicines with their details and history. */
export function MedicinesTab({ medicines }: { medicines: MedicineDto[] }) {
  return (
    <div className={css.stack}>
      <CutList tab="medicines" />
      <GroupCard group="do_not_give" medicines={medicines} full />
      <CurrentCard medicines={medicines} full />
      {BESIDE_CURRENT.map((group) => (
        <GroupCard key={group} group={group} medicines={medicines} full />
      ))}
      <OtherMedicinesCards medicines={medicines} />
    </div>
  );
}

interface Props {
  medicines: MedicineDto[];
  /** With details and history. */
  full?: boolean;
}

function CurrentCard({ medicines, full = false }: Props) {
  const say = useWords();
  const { sayNone, count } = useAbsence();
  const current = medicines.filter((medicine) => medicine.group === "current");
  // Where it is open whether a medicine is in use, nothing is said to be absent.
  const isOpen = medicines.some((medicine) => medicine.group === "unknown" || medicine.group === "without_order");
  if (current.length === 0 && isOpen) return null;
  return (
    <Card
      title={say("medicines.group.current")}
      aside={count(say("medicines.count", { count: current.length }), SUBJECTS.medicines)}
    >
      {current.length === 0 ? (
        <CardEmpty>{sayNone("medicines.none", SUBJECTS.medicines)}</CardEmpty>
      ) : (
        <Rows medicines={current} full={full} />
      )}
    </Card>
  );
}

/** The card of one group; nothing where the group is empty. */
function GroupCard({ group, medicines, full = false }: Props & { group: MedicineGroupDto }) {
  const say = useWords();
  const found = medicines.filter((medicine) => medicine.group === group);
  if (found.length === 0) return null;
  return (
    <Card
      title={say(`medicines.group.${group}`)}
      aside={found.length}
      tone={group === "do_not_give" ? "critical" : "plain"}
    >
      <Rows medicines={found} full={full} />
    </Card>
  );
}

function Rows({ medicines, full }: { medicines: MedicineDto[]; full: boolean }) {
  const say = useWords();
  const end = (medicine: MedicineDto) => {
    if (medicine.ended !== null) return sayEnded(say, medicine.ended, medicine.status);
    if (!full) return sayElapsed(say, medicine.age);
    return medicine.since === null ? undefined : say("since", { date: formatDate(medicine.since) });
  };
  return (
    <ul>
      {medicines.map((medicine) => (
        <CardRow
          key={medicine.reference}
          end={end(medicine)}
          menu={
            <RecordMenu
              reference={medicine.reference}
              title={medicine.name ?? say("medicine.nameless")}
              when={formatDate(medicine.since)}
            />
          }
        >
          <MedicationLine medicine={medicine} />
          <Notes medicine={medicine} full={full} />
          <History medicine={medicine} />
        </CardRow>
      ))}
    </ul>
  );
}

/** Notes of the order always, the other details in the tab. */
function Notes({ medicine, full }: { medicine: MedicineDto; full: boolean }) {
  const say = useWords();
  const texts = full ? sayDetails(say, medicine) : medicine.notes.map((note) => say("medicine.note", { note }));
  return texts.map((text) => (
    <span key={text} className={css.under}>
      {text}
    </span>
  ));
}

/** What else is recorded about a medicine, newest first. */
function History({ medicine }: { medicine: MedicineDto }) {
  const say = useWords();
  return (
    <>
      {medicine.history.map((event) => (
        <span key={event.reference} className={css.under}>
          {sayEvent(say, event)} <Marks marks={event.marks} />
          <RecordMenu reference={event.reference} title={sayEvent(say, event)} when="" />
          <DosageLines dosages={event.dosages} />
        </span>
      ))}
      {medicine.moreHistory === 0 ? null : (
        <span className={css.under}>{say("medicine.history.more", { count: medicine.moreHistory })}</span>
      )}
    </>
  );
}

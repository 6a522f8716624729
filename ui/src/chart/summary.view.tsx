import { Card, CardEmpty, CardRow } from "../components/card.view";
import { sayLanguage } from "../components/patient-banner.view";
import type { ChartDto, ChartTabDto } from "../ipc/bindings";
import { useSession } from "../session/session-context";
import { formatDateTime } from "../words/dates";
import { useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import { AllergiesCard } from "./allergies.view";
import css from "./chart.module.css";
import { ImmunisationsCard } from "./immunisations.view";
import { MedicinesCard } from "./medicines.view";
import { firstText, NoteChips, sayAuthor } from "./note-reader.view";
import { CurrentProblemsCard } from "./problems.view";
import { RecordStateChip } from "./record-state.view";
import { ResultsCard } from "./results-card.view";
import { VitalsCard } from "./vitals-card.view";

/** The summary of a chart; each card is shown only to roles that may read it. */
export function Summary({ chart }: { chart: ChartDto }) {
  const { may } = useSession();
  // A role may see part of these: a pharmacist checks a dose against weight and kidney function.
  const has = (tab: ChartTabDto) => chart.tabs.includes(tab);
  const rightEmpty = !has("vitals") && !has("results") && !has("notes");
  return (
    <div className={css.columns}>
      <div className={css.column}>
        {may("read_allergies") ? <AllergiesCard allergies={chart.allergies} /> : null}
        {may("read_problems") ? <CurrentProblemsCard problems={chart.problems} /> : null}
        {may("read_medicines") ? <MedicinesCard medicines={chart.medicines} /> : null}
        {may("read_allergies") ? null : <DetailsCard chart={chart} />}
      </div>
      <div className={css.column}>
        {has("vitals") ? <VitalsCard vitals={chart.vitals} /> : null}
        {has("results") ? <ResultsCard results={chart.results} /> : null}
        {has("notes") ? <LastNoteCard chart={chart} /> : null}
        {rightEmpty && may("read_immunisations") ? <ImmunisationsCard immunisations={chart.immunisations} /> : null}
      </div>
    </div>
  );
}

function LastNoteCard({ chart }: { chart: ChartDto }) {
  const say = useWords();
  const { sayNone } = useAbsence();
  const note = chart.lastNote;
  if (note === null) {
    return (
      <Card title={say("note.last")}>
        <CardEmpty>{sayNone("note.last.none", SUBJECTS.notes)}</CardEmpty>
      </Card>
    );
  }
  return (
    <Card
      title={say("note.last")}
      aside={
        <>
          {say("note.signed", { author: sayAuthor(say, note), at: formatDateTime(note.written) })}{" "}
          <RecordStateChip record={note.record} />
        </>
      }
    >
      <div className={css.noteChips}>
        <b>{note.kind ?? say("note.text")}</b>
        <NoteChips note={note} />
      </div>
      <p className={`${css.noteText} ${css.clamped}`}>{firstText(note) ?? say("note.last.open")}</p>
    </Card>
  );
}

/** For roles without clinical access: how to contact the patient. */
function DetailsCard({ chart }: { chart: ChartDto }) {
  const say = useWords();
  const { banner } = chart;
  const none = say("details.none");
  return (
    <Card title={say("details.title")}>
      <ul>
        <CardRow end={banner.phone ?? none}>{say("banner.phone")}</CardRow>
        <CardRow end={banner.address ?? none}>{say("details.address")}</CardRow>
        <CardRow end={sayLanguage(say, banner) || none}>{say("details.language")}</CardRow>
      </ul>
    </Card>
  );
}

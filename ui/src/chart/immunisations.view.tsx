import { Card, CardEmpty, CardRow } from "../components/card.view";
import { Chip } from "../components/chip.view";
import type { ImmunisationDto } from "../ipc/bindings";
import { formatDate } from "../words/dates";
import { messageFor, useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import css from "./chart.module.css";
import { Correction } from "./correction.view";
import { CutList } from "./cut-list.view";
import { RecordMenu, useCorrectionOf } from "./record-menu.view";
import { RecordStateChip } from "./record-state.view";

const referenceOf = ({ id }: ImmunisationDto) => `Immunization/${id}`;

/** Vaccines that were given or not given. */
export function ImmunisationsCard({ immunisations }: { immunisations: ImmunisationDto[] }) {
  const say = useWords();
  const { sayNone, count } = useAbsence();
  const correctionOf = useCorrectionOf();
  const valid = immunisations.filter(({ status }) => status !== "entered-in-error").length;
  return (
    <Card title={say("immunisations.title")} aside={count(valid, SUBJECTS.immunisations)}>
      {immunisations.length === 0 ? (
        <CardEmpty>{sayNone("immunisations.none", SUBJECTS.immunisations)}</CardEmpty>
      ) : (
        <ul>
          {immunisations.map((immunisation) => (
            <CardRow
              key={immunisation.id}
              end={formatDate(immunisation.given)}
              menu={
                <RecordMenu
                  reference={referenceOf(immunisation)}
                  title={immunisation.vaccine ?? say("value.unreadable")}
                  when={formatDate(immunisation.given)}
                />
              }
            >
              <span className={immunisation.status === "entered-in-error" ? css.inError : undefined}>
                {immunisation.vaccine ?? say("value.unreadable")}
              </span>{" "}
              {immunisation.status === "completed" ? null : (
                <Chip tone="warn">
                  {say(messageFor("immunisation", immunisation.status ?? "", "immunisation.other"))}
                </Chip>
              )}{" "}
              <RecordStateChip record={immunisation.record} />
              <Correction corrected={correctionOf(referenceOf(immunisation))} />
            </CardRow>
          ))}
        </ul>
      )}
      <CutList tab="immunisations" />
    </Card>
  );
}

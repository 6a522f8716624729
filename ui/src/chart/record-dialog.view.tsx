import { useState } from "react";
import { Button } from "../components/button.view";
import { Dialog, DialogFoot } from "../components/dialog.view";
import { FailureNotice } from "../components/failure-notice.view";
import { Notice } from "../components/notice.view";
import { RowMenu } from "../components/row-menu.view";
import type { TimelineRowDto } from "../ipc/bindings";
import { useIpcQuery } from "../ipc/ipc.query";
import { formatDateTime } from "../words/dates";
import { sayRecordTitle } from "../words/record-title";
import { useWords } from "../words/words";
import css from "./chart.module.css";
import { Correction } from "./correction.view";
import { correctable, useCorrectionActions } from "./corrections";
import { Marks } from "./marks.view";
import { RecordDetails } from "./record-details.view";
import { RecordStateChip } from "./record-state.view";

/** A record and its title, and the records that share its line. */
export type ShownRecord = Pick<TimelineRowDto, "reference" | "title" | "others">;

interface Props {
  patient: string;
  /** The record that is shown, or null. */
  row: ShownRecord | null;
  onClose: () => void;
}

/** One record in full, or each of a line of several: everything that they say, with their marks. */
export function RecordDialog({ patient, row, onClose }: Props) {
  const say = useWords();
  return (
    <Dialog open={row !== null} onClose={onClose} title={row === null ? "" : sayRecordTitle(say, row.title)} wide>
      {row === null ? null : (
        <div className={css.stack}>
          {[row.reference, ...row.others].map((reference) => (
            <Content key={reference} patient={patient} reference={reference} isOne={row.others.length === 0} />
          ))}
        </div>
      )}
      <DialogFoot>
        <Button onPress={onClose} autoFocus>
          {say("dialog.close")}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

function Content({ patient, reference, isOne }: { patient: string; reference: string; isOne: boolean }) {
  const say = useWords();
  const actionsOf = useCorrectionActions();
  const [last, setLast] = useState(0);
  const reply = useIpcQuery("chart_record", { patient, reference, part: 0 });
  if (reply.error !== null) return <FailureNotice failure={reply.error} onRetry={() => reply.refetch()} />;
  if (reply.data === undefined) return <div aria-busy="true" />;
  const { row: shown, details, parts } = reply.data;
  const title = sayRecordTitle(say, shown.title);
  return (
    <section className={css.stack} aria-label={title}>
      <div className={css.marks}>
        {isOne ? null : <b>{title}</b>}
        <span className={css.quiet}>{formatDateTime(shown.at)}</span>
        <Marks marks={shown.marks} />
        <RecordStateChip record={shown.record} />
        <RowMenu label={say("row.actions", { what: title })} actions={actionsOf(correctable(say, shown))} />
      </div>
      <Correction corrected={shown.corrected} />
      {details.length === 0 ? <p>{say("record.no_details")}</p> : <RecordDetails details={details} />}
      {Array.from({ length: last }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a part is its number
        <FurtherPart key={index} patient={patient} reference={reference} part={index + 1} />
      ))}
      {last + 1 < parts ? (
        <Notice
          tone="warn"
          role="status"
          title={say("record.cut", { shown: last + 1, count: parts })}
          action={
            <Button variant="link" onPress={() => setLast(last + 1)}>
              {say("record.next_part")}
            </Button>
          }
        />
      ) : null}
    </section>
  );
}

/** A further part of a record that is too long for one reply. */
function FurtherPart({ patient, reference, part }: { patient: string; reference: string; part: number }) {
  const reply = useIpcQuery("chart_record", { patient, reference, part });
  if (reply.error !== null) return <FailureNotice failure={reply.error} onRetry={() => reply.refetch()} />;
  return reply.data === undefined ? <div aria-busy="true" /> : <RecordDetails details={reply.data.details} />;
}

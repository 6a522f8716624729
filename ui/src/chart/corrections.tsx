import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { Button } from "../components/button.view";
import { FailureNotice } from "../components/failure-notice.view";
import { Notice } from "../components/notice.view";
import type { RowAction } from "../components/row-menu.view";
import type { BannerDto, CorrectionDto, TimelineRowDto } from "../ipc/bindings";
import { useIpcMutation } from "../ipc/ipc.query";
import { formatDateTime } from "../words/dates";
import { sayRecordTitle } from "../words/record-title";
import { type Say, useWords } from "../words/words";
import css from "./chart.module.css";
import { EnteredInErrorDialog, type RecordToCorrect } from "./entered-in-error.view";

/** What a view knows about a record that can be marked, or whose marking can be undone. */
export interface Correctable extends RecordToCorrect {
  mayMark: boolean;
  corrected: CorrectionDto | null;
}

interface Corrections {
  mark: (record: RecordToCorrect) => void;
  undo: (record: RecordToCorrect) => void;
}

const Context = createContext<Corrections | null>(null);

/** How long undoing is offered beside the marking; the row's menu offers it for as long as it is possible. */
const OFFER_MS = 60_000;

/** Commands whose replies a marking changes. */
const CHANGED = [
  "open_chart",
  "chart_timeline",
  "chart_record",
  "chart_notes",
  "chart_results",
  "sync_chip",
  "sync_page",
] as const;

/** Marks records of a chart as entered in error and undoes that; the notice stands above the records. */
export function CorrectionsProvider({ banner, children }: { banner: BannerDto; children: ReactNode }) {
  const say = useWords();
  const cache = useQueryClient();
  const undoing = useIpcMutation("undo_entered_in_error");
  const [record, setRecord] = useState<RecordToCorrect | null>(null);
  const [marked, setMarked] = useState<RecordToCorrect | null>(null);
  useEffect(() => {
    if (marked === null) return;
    const timer = setTimeout(() => setMarked(null), OFFER_MS);
    return () => clearTimeout(timer);
  }, [marked]);
  const readAgain = () => {
    for (const name of CHANGED) cache.invalidateQueries({ queryKey: [name] });
  };
  const undo = ({ reference }: RecordToCorrect) => {
    setMarked(null);
    undoing.mutate({ reference, patient: banner.patient }, { onSuccess: readAgain, onError: readAgain });
  };
  const mark = (next: RecordToCorrect) => {
    undoing.reset();
    setRecord(next);
  };
  return (
    <Context value={{ mark, undo }}>
      {marked === null ? null : (
        <div className={css.offer}>
          <Notice
            tone="ok"
            role="status"
            title={say("entered_in_error.done", { what: marked.title })}
            action={
              <Button variant="link" onPress={() => undo(marked)}>
                {say("entered_in_error.undo")}
              </Button>
            }
          />
        </div>
      )}
      {undoing.error === null ? null : (
        <div className={css.offer}>
          <FailureNotice failure={undoing.error} />
        </div>
      )}
      {children}
      <EnteredInErrorDialog
        record={record}
        banner={banner}
        onClose={() => setRecord(null)}
        onMarked={(done) => {
          readAgain();
          setMarked(done);
        }}
      />
    </Context>
  );
}

/** The actions on a record: marking it, or undoing that. */
export function useCorrectionActions(): (record: Correctable) => RowAction[] {
  const say = useWords();
  const corrections = useContext(Context);
  return (record) => {
    if (corrections === null) return [];
    const { mark, undo } = corrections;
    return [
      ...(record.mayMark ? [{ label: say("entered_in_error.short"), onAction: () => mark(record) }] : []),
      ...(record.corrected?.mayUndo === true
        ? [{ label: say("entered_in_error.undo_marking"), onAction: () => undo(record) }]
        : []),
    ];
  };
}

/** A line of the timeline or a tab as something that can be marked. */
export function correctable(say: Say, row: TimelineRowDto): Correctable {
  return {
    reference: row.reference,
    title: sayRecordTitle(say, row.title),
    when: formatDateTime(row.at),
    mayMark: row.mayMarkEnteredInError,
    corrected: row.corrected,
  };
}

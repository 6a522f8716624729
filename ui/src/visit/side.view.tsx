import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import type { ChartDto, DraftDto, SavedDto } from "../ipc/bindings";
import { Actions, type SavedForm } from "./actions.view";
import css from "./form.module.css";
import { NoteForm } from "./note-form.view";
import { VitalsForm } from "./vitals-form.view";

interface Props {
  chart: ChartDto;
  pane: string | undefined;
  draft: string | undefined;
  onPane: (pane: string | undefined, draft?: string) => void;
}

/** The right pane: one active form at a time, or what can be begun. */
export function Side({ chart, pane, draft, onPane }: Props) {
  const cache = useQueryClient();
  const [lastSaved, setLastSaved] = useState<SavedForm | null>(null);
  const patient = chart.banner.patient;
  const first = chart.drafts.find((one) => (draft === undefined ? one.kind === pane : one.draft === draft));

  // The chart is not opened again for a draft: every opening is an audited reading.
  const patchDrafts = useCallback(
    (patch: (drafts: DraftDto[]) => DraftDto[]) => {
      cache.setQueryData<ChartDto>(["open_chart", { patient }], (old) =>
        old === undefined ? old : { ...old, drafts: patch(old.drafts) },
      );
      cache.invalidateQueries({ queryKey: ["drafts"] });
    },
    [cache, patient],
  );
  const keep = useCallback(
    (kept: DraftDto) => patchDrafts((drafts) => [...drafts.filter((one) => one.draft !== kept.draft), kept]),
    [patchDrafts],
  );
  const drop = useCallback(
    (gone: string) => patchDrafts((drafts) => drafts.filter((one) => one.draft !== gone)),
    [patchDrafts],
  );
  const finish = (kind: SavedForm["kind"], saved: SavedDto, ended: string) => {
    drop(ended);
    setLastSaved({ kind, saved });
    onPane(undefined);
    for (const name of ["open_chart", "chart_timeline", "chart_notes", "worklist", "sync_chip", "sync_page"])
      cache.invalidateQueries({ queryKey: [name] });
  };

  if (pane === "vitals" || pane === "note") {
    const Form = pane === "vitals" ? VitalsForm : NoteForm;
    return (
      <aside className={css.formSide}>
        <Form
          key={pane}
          banner={chart.banner}
          first={first}
          onKept={keep}
          onClose={() => onPane(undefined)}
          onSaved={(saved, ended) => finish(pane, saved, ended)}
        />
      </aside>
    );
  }
  return (
    <aside className={css.side}>
      <Actions chart={chart} lastSaved={lastSaved} onPane={onPane} onDiscarded={drop} />
    </aside>
  );
}

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

/** The right pane: the open form, or the forms that can be started. */
export function VisitPane({ chart, pane, draft, onPane }: Props) {
  const cache = useQueryClient();
  const [lastSaved, setLastSaved] = useState<SavedForm | null>(null);
  const patient = chart.banner.patient;
  const savedDraft = chart.drafts.find((candidate) =>
    draft === undefined ? candidate.kind === pane : candidate.draft === draft,
  );

  // The chart is not read again for a draft, because every read is written to the audit log.
  const patchDrafts = useCallback(
    (patch: (drafts: DraftDto[]) => DraftDto[]) => {
      cache.setQueryData<ChartDto>(["open_chart", { patient }], (old) =>
        old === undefined ? old : { ...old, drafts: patch(old.drafts) },
      );
      cache.invalidateQueries({ queryKey: ["drafts"] });
    },
    [cache, patient],
  );
  const addDraft = useCallback(
    (added: DraftDto) => patchDrafts((drafts) => [...drafts.filter(({ draft }) => draft !== added.draft), added]),
    [patchDrafts],
  );
  const removeDraft = useCallback(
    (removed: string | null) => patchDrafts((drafts) => drafts.filter(({ draft }) => draft !== removed)),
    [patchDrafts],
  );
  const finish = (kind: SavedForm["kind"], saved: SavedDto, endedDraft: string | null) => {
    removeDraft(endedDraft);
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
          savedDraft={savedDraft}
          onDraftSaved={addDraft}
          onClose={() => onPane(undefined)}
          onSaved={(saved, endedDraft) => finish(pane, saved, endedDraft)}
        />
      </aside>
    );
  }
  return (
    <aside className={css.side}>
      <Actions chart={chart} lastSaved={lastSaved} onPane={onPane} onDiscarded={removeDraft} />
    </aside>
  );
}

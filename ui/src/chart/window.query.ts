import { useCallback } from "react";
import { useIpc } from "../ipc/ipc-context";
import { PAGE, usePages } from "../ipc/pages.query";
import { planReply } from "../ipc/reply.query";

/** The timeline, page by page. */
export function useTimeline(patient: string) {
  const ipc = useIpc();
  return usePages(
    useCallback((offset: number) => planReply(ipc, "chart_timeline", { patient, offset, limit: PAGE }), [ipc, patient]),
  );
}

/** All results, page by page. */
export function useResults(patient: string) {
  const ipc = useIpc();
  return usePages(
    useCallback((offset: number) => planReply(ipc, "chart_results", { patient, offset, limit: PAGE }), [ipc, patient]),
  );
}

/** All notes, page by page. */
export function useNotes(patient: string) {
  const ipc = useIpc();
  return usePages(
    useCallback((offset: number) => planReply(ipc, "chart_notes", { patient, offset, limit: PAGE }), [ipc, patient]),
  );
}

import { useCallback } from "react";
import { ipcQueryOptions } from "../ipc/ipc.query";
import { useIpc } from "../ipc/ipc-context";
import { PAGE_SIZE, usePagedList } from "../ipc/paged-list.query";

/** The timeline, read page by page. */
export function useTimeline(patient: string) {
  const ipc = useIpc();
  return usePagedList(
    useCallback(
      (offset: number) => ipcQueryOptions(ipc, "chart_timeline", { patient, offset, limit: PAGE_SIZE }),
      [ipc, patient],
    ),
  );
}

/** All results, read page by page. */
export function useResults(patient: string) {
  const ipc = useIpc();
  return usePagedList(
    useCallback(
      (offset: number) => ipcQueryOptions(ipc, "chart_results", { patient, offset, limit: PAGE_SIZE }),
      [ipc, patient],
    ),
  );
}

/** All notes, read page by page. */
export function useNotes(patient: string) {
  const ipc = useIpc();
  return usePagedList(
    useCallback(
      (offset: number) => ipcQueryOptions(ipc, "chart_notes", { patient, offset, limit: PAGE_SIZE }),
      [ipc, patient],
    ),
  );
}

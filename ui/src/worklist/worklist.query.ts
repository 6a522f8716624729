import { useCallback } from "react";
import { ipcQueryOptions } from "../ipc/ipc.query";
import { useIpc } from "../ipc/ipc-context";
import { PAGE_SIZE, usePagedList } from "../ipc/paged-list.query";

/** A worklist, read page by page. */
export function useWorklist(list: string) {
  const ipc = useIpc();
  const plan = useCallback(
    (offset: number) => ipcQueryOptions(ipc, "worklist", { list, offset, limit: PAGE_SIZE }),
    [ipc, list],
  );
  return usePagedList(plan);
}

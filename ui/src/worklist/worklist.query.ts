import { useCallback } from "react";
import { useIpc } from "../ipc/ipc-context";
import { PAGE, usePages } from "../ipc/pages.query";
import { planReply } from "../ipc/reply.query";

/** A worklist, page by page. */
export function useWorklist(list: string) {
  const ipc = useIpc();
  const plan = useCallback((offset: number) => planReply(ipc, "worklist", { list, offset, limit: PAGE }), [ipc, list]);
  return usePages(plan);
}

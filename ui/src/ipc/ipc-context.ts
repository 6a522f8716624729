import { createContext, useContext } from "react";
import type { Ipc } from "./ipc";

/** Carries the boundary to every screen. */
export const IpcContext = createContext<Ipc | null>(null);

/** The boundary. */
export function useIpc(): Ipc {
  const ipc = useContext(IpcContext);
  if (ipc === null) throw new Error("no ipc above this component");
  return ipc;
}

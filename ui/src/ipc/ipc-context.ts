import { createContext, useContext } from "react";
import type { Ipc } from "./ipc";

/** Provides the IPC interface to every screen. */
export const IpcContext = createContext<Ipc | null>(null);

/** The IPC interface. */
export function useIpc(): Ipc {
  const ipc = useContext(IpcContext);
  if (ipc === null) throw new Error("IpcContext has no value");
  return ipc;
}

import { createContext, useContext } from "react";
import type { PermissionDto, ReturnPointDto, SessionDto } from "../ipc/bindings";

/** The open session, its permissions, and what happens before it is locked. */
export interface SessionValue {
  session: SessionDto;
  /** Whether policy grants this permission. The page hides what it does not grant; Rust refuses it. */
  may: (permission: PermissionDto) => boolean;
  /** Whether keys without Ctrl are shortcuts for this user. */
  singleKeys: boolean;
  setSingleKeys: (on: boolean) => void;
  /** Saves unsaved input, then locks. */
  lockNow: () => void;
  /** Where the user left off; returned once, to the form it belongs to. */
  takeResume: (draft: string | null) => ReturnPointDto | null;
  /** Registers a callback that saves unsaved input before a lock; returns a function that removes it. */
  beforeLock: (save: () => Promise<unknown>) => () => void;
}

/** Provides the open session to its screens. */
export const SessionContext = createContext<SessionValue | null>(null);

/** The open session. */
export function useSession(): SessionValue {
  const value = useContext(SessionContext);
  if (value === null) throw new Error("SessionContext has no value");
  return value;
}

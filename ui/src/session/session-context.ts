import { createContext, useContext } from "react";
import type { ResumePointDto, SessionDto } from "../ipc/bindings";

/** The session and what it may do. */
export interface SessionValue {
  session: SessionDto;
  /** Whether policy grants an action by this name; the page hides what it does not, Rust refuses it. */
  may: (permission: string) => boolean;
  /** Keeps what is unsaved, then locks. */
  lockNow: () => void;
  /** Where the person left off, handed out once to the form that it belongs to. */
  takeResume: (draft: string | null) => ResumePointDto | null;
  /** Registers what has to be kept before a lock; returns how to take it back. */
  beforeLock: (keep: () => Promise<unknown>) => () => void;
}

/** Carries the session. */
export const SessionContext = createContext<SessionValue | null>(null);

/** The session. */
export function useSession(): SessionValue {
  const value = useContext(SessionContext);
  if (value === null) throw new Error("no session above this component");
  return value;
}

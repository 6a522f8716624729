import type { FailureDto, LockScreenDto, ResumePointDto, Role } from "../bindings";
import type { CommandName } from "../commands";

/** What a test or the gallery wants to see. */
export interface FakeOptions {
  /** Starts unlocked as this role. */
  role?: Role;
  /** Replaces parts of the lock screen. */
  lock?: Partial<LockScreenDto>;
  /** Commands that fail, and how. */
  failing?: Partial<Record<CommandName, FailureDto>>;
  /** Lists and charts without rows. */
  empty?: boolean;
  /** The clinical records were damaged and are being downloaded again. */
  partial?: boolean;
  /** Charts of the directory are damaged: who is in them is not found. */
  damaged?: boolean;
  /** No network. */
  offline?: boolean;
  /** The server no longer takes the clinic sign-in. */
  signInEnded?: boolean;
  demo?: boolean;
  waitingForGrant?: boolean;
  /** What an enrolment sets aside. */
  setAside?: string[];
  resume?: ResumePointDto;
  /** Milliseconds that an answer takes. */
  delay?: number;
  /** Called where the real process would be replaced. */
  onReplaced?: () => void;
}

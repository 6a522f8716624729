import type { FailureDto, LockScreenDto, ReturnPointDto, Role } from "../bindings";
import type { CommandName } from "../commands";

/** The state that the fake backend starts in. */
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
  /** Charts in the patient directory are damaged, so their patients are not found. */
  damaged?: boolean;
  /** No network. */
  offline?: boolean;
  /** The server no longer accepts the clinic sign-in. */
  signInEnded?: boolean;
  demo?: boolean;
  waitingForGrant?: boolean;
  /** The files that an enrolment sets aside. */
  setAside?: string[];
  resume?: ReturnPointDto;
  /** Delay of a reply in milliseconds. */
  delay?: number;
  /** Called when the real process would be replaced. */
  onProcessReplaced?: () => void;
}

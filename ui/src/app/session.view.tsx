import type { SessionDto } from "../ipc/bindings";

/** The unlocked session. */
export function Session({ session }: { session: SessionDto; route: string | undefined }) {
  return <main>{session.name}</main>;
}

import type { FakeOptions } from "../ipc/fake/make-fake";

/** One screen in one state. */
export interface Scene {
  name: string;
  options: FakeOptions;
  route?: string;
}

/** Every screen that is looked at and checked. */
export const SCENES: readonly Scene[] = [
  { name: "lock", options: {} },
  { name: "lock-first-run", options: { lock: { users: [], site: "", workstation: "", lastUser: null } } },
];

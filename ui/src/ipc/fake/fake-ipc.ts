import type { FailureDto } from "../bindings";
import type { CommandName, EventName, Events, ReplyOf, RequestOf } from "../commands";
import type { Ipc } from "../ipc";
import { accessHandlers } from "./access-handlers";
import { chartHandlers } from "./chart-handlers";
import { correctionHandlers } from "./correction-handlers";
import { readFakePicture } from "./documents";
import { enrolHandlers } from "./enrol-handlers";
import type { FakeOptions } from "./fake-options";
import { makeFakeState } from "./fake-state";
import type { Handlers } from "./handlers";
import { listHandlers } from "./list-handlers";
import { signInHandlers } from "./sign-in-handlers";
import { syncHandlers } from "./sync-handlers";
import { visitHandlers } from "./visit-handlers";

/** The fake backend, with access for tests. */
export interface FakeIpc extends Ipc {
  emit<K extends EventName>(event: K, payload: Events[K]): void;
  /** Every call so far, oldest first. */
  readonly calls: { name: CommandName; request: unknown }[];
}

/** Makes a failure as Rust sends it. */
export function makeFailure(code: FailureDto["code"], overrides: Partial<FailureDto> = {}): FailureDto {
  return {
    code,
    incident: "7f3a-19c2",
    waitSeconds: null,
    attemptsLeft: null,
    fields: [],
    replacedBy: [],
    ...overrides,
  };
}

/** Makes a backend that replies with invented patients and users. */
export function makeFakeIpc(options: FakeOptions = {}): FakeIpc {
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  const calls: FakeIpc["calls"] = [];
  const emit = <K extends EventName>(event: K, payload: Events[K]) => {
    for (const handler of listeners.get(event) ?? []) handler(payload as never);
  };
  const state = makeFakeState(options, emit);
  const handlers: Handlers = {
    ...accessHandlers(state),
    ...enrolHandlers(state),
    ...listHandlers(state),
    ...chartHandlers(state),
    ...visitHandlers(state),
    ...correctionHandlers(state),
    ...syncHandlers(state),
    ...signInHandlers(state),
  };
  return {
    calls,
    emit,
    async call<K extends CommandName>(name: K, ...request: unknown[]) {
      calls.push({ name, request: request[0] });
      if (options.delay !== undefined) await new Promise((resolve) => setTimeout(resolve, options.delay));
      const failure = options.failing?.[name];
      if (failure !== undefined) throw failure;
      const handle = handlers[name] as (request: RequestOf<K>) => ReplyOf<K>;
      // A copy, as the real backend would send, so that screens never share objects with the fake.
      return structuredClone(handle(request[0] as RequestOf<K>));
    },
    async readBytes({ offset }) {
      return readFakePicture(offset);
    },
    listen(event, handler, onReady) {
      const handlers = listeners.get(event) ?? new Set();
      listeners.set(event, handlers);
      handlers.add(handler as (payload: never) => void);
      queueMicrotask(() => onReady?.());
      return () => handlers.delete(handler as (payload: never) => void);
    },
  };
}

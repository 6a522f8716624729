import type { FailureDto } from "../bindings";
import type { CommandName, EventName, Events, ReplyOf, RequestOf } from "../commands";
import type { Ipc } from "../ipc";
import { answerAccess } from "./answer-access";
import { answerChart } from "./answer-chart";
import { answerEnrol } from "./answer-enrol";
import { answerLists } from "./answer-lists";
import { answerSignIn } from "./answer-sign-in";
import { answerSync } from "./answer-sync";
import { answerVisit } from "./answer-visit";
import type { Answers } from "./answers";
import type { FakeOptions } from "./fake-options";
import { makeFakeState } from "./state";

/** The twin of the boundary, with handles for tests. */
export interface FakeIpc extends Ipc {
  emit<K extends EventName>(event: K, payload: Events[K]): void;
  /** Every call so far, oldest first. */
  readonly calls: { name: CommandName; request: unknown }[];
}

/** Makes a failure as Rust would send it. */
export function makeFailure(code: FailureDto["code"], more: Partial<FailureDto> = {}): FailureDto {
  return { code, incident: "7f3a-19c2", waitSeconds: null, attemptsLeft: null, fields: [], ...more };
}

/** A boundary that answers from invented people. */
export function makeFakeIpc(options: FakeOptions = {}): FakeIpc {
  const hearers = new Map<EventName, Set<(payload: never) => void>>();
  const calls: FakeIpc["calls"] = [];
  const emit = <K extends EventName>(event: K, payload: Events[K]) => {
    for (const hear of hearers.get(event) ?? []) hear(payload as never);
  };
  const state = makeFakeState(options, emit);
  const answers: Answers = {
    ...answerAccess(state),
    ...answerEnrol(state),
    ...answerLists(state),
    ...answerChart(state),
    ...answerVisit(state),
    ...answerSync(state),
    ...answerSignIn(state),
  };
  return {
    calls,
    emit,
    async call<K extends CommandName>(name: K, ...request: unknown[]) {
      calls.push({ name, request: request[0] });
      if (options.delay !== undefined) await new Promise((resolve) => setTimeout(resolve, options.delay));
      const failure = options.failing?.[name];
      if (failure !== undefined) throw failure;
      const answer = answers[name] as (asked: RequestOf<K>) => ReplyOf<K>;
      // A copy, as the real boundary would make: screens can never share memory with the store.
      return structuredClone(answer(request[0] as RequestOf<K>));
    },
    listen(event, hear, begun) {
      const set = hearers.get(event) ?? new Set();
      hearers.set(event, set);
      set.add(hear as (payload: never) => void);
      queueMicrotask(() => begun?.());
      return () => set.delete(hear as (payload: never) => void);
    },
  };
}

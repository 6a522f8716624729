import type { CommandName, EventName, Events, ReplyOf, RequestOf } from "./commands";

/** The one way from the page to Rust; `tauri.ts` is the real one, `fake/` its twin. */
export interface Ipc {
  /** Resolves to the reply or rejects with a `FailureDto`. */
  call<K extends CommandName>(
    name: K,
    ...request: RequestOf<K> extends undefined ? [] : [RequestOf<K>]
  ): Promise<ReplyOf<K>>;
  /** Hears an event until the returned function is called; `begun` is called once nothing can be missed any more. */
  listen<K extends EventName>(event: K, hear: (payload: Events[K]) => void, begun?: () => void): () => void;
}

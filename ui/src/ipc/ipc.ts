import type { CommandName, EventName, Events, ReplyOf, RequestOf } from "./commands";

/** The only way from the page to Rust. `tauri.ts` implements it for the app, `fake/` for tests and the gallery. */
export interface Ipc {
  /** Resolves to the reply or rejects with a `FailureDto`. */
  call<K extends CommandName>(
    name: K,
    ...request: RequestOf<K> extends undefined ? [] : [RequestOf<K>]
  ): Promise<ReplyOf<K>>;
  /** Calls `handler` for each event until the returned function is called; `onReady` is called once no event can be missed. */
  listen<K extends EventName>(event: K, handler: (payload: Events[K]) => void, onReady?: () => void): () => void;
}

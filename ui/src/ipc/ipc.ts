import type { CommandName, EventName, Events, ReplyOf, RequestOf } from "./commands";

/** A part of an open document, or of the picture that is one of its pieces. */
interface BytesRequest {
  handle: string;
  picture: number | null;
  offset: number;
}

/** The only way from the page to Rust. `tauri.ts` implements it for the app, `fake/` for tests and the gallery. */
export interface Ipc {
  /** Resolves to the reply or rejects with a `FailureDto`. */
  call<K extends CommandName>(
    name: K,
    ...request: RequestOf<K> extends undefined ? [] : [RequestOf<K>]
  ): Promise<ReplyOf<K>>;
  /** Resolves to the next bytes of an open document, at most 256 kB, or rejects with a `FailureDto`. */
  readBytes(request: BytesRequest): Promise<ArrayBuffer>;
  /** Calls `handler` for each event until the returned function is called; `onReady` is called once no event can be missed. */
  listen<K extends EventName>(event: K, handler: (payload: Events[K]) => void, onReady?: () => void): () => void;
}

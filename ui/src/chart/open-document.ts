import { useCallback, useEffect, useRef, useState } from "react";
import type { FailureDto, OpenedDocumentDto, PieceDto } from "../ipc/bindings";
import { asFailure } from "../ipc/failure";
import { useIpc } from "../ipc/ipc-context";
import { readBytes } from "./document-bytes";

/** The largest attachment that Rust opens, bytes. */
export const LARGEST_DOCUMENT = 32 * 1024 * 1024;
/** Chunks that are shown at once; more follow on request. */
const CHUNKS_AT_ONCE = 4;

interface Attachment {
  patient: string;
  reference: string;
  index: number;
}

interface State {
  document: OpenedDocumentDto | null;
  pieces: PieceDto[];
  next: number | null;
  /** The bytes of a PDF or a picture, and how many of them have arrived. */
  bytes: Uint8Array<ArrayBuffer> | null;
  read: number;
  busy: boolean;
  failure: FailureDto | null;
}

const CLOSED: State = { document: null, pieces: [], next: null, bytes: null, read: 0, busy: false, failure: null };

/** Opens an attachment on request; it is closed when it is no longer shown. */
export function useOpenDocument({ patient, reference, index }: Attachment) {
  const ipc = useIpc();
  const [state, setState] = useState<State>(CLOSED);
  const handle = useRef<string | null>(null);
  const asSource = useRef(false);
  const alive = useRef(true);
  const reading = useRef<AbortController | null>(null);
  /** The number of the last request; the reply to an earlier one is no longer wanted. */
  const last = useRef(0);
  const release = useCallback(() => {
    reading.current?.abort();
    const held = handle.current;
    handle.current = null;
    if (held !== null) ipc.call("close_document", { handle: held }).catch(() => undefined);
  }, [ipc]);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
      release();
    };
  }, [release]);
  const set = (change: Partial<State>) => {
    if (alive.current) setState((old) => ({ ...old, ...change }));
  };
  const read = async (document: OpenedDocumentDto, from: number, shown: PieceDto[]) => {
    const pieces = [...shown];
    let next: number | null = from;
    for (let chunk = 0; chunk < CHUNKS_AT_ONCE && next !== null && alive.current; chunk += 1) {
      const reply: { pieces: PieceDto[]; next: number | null } = await ipc.call("document_chunk", {
        handle: document.handle,
        offset: next,
      });
      pieces.push(...reply.pieces);
      next = reply.next;
    }
    set({ document, pieces, next, busy: false, failure: null });
  };
  const open = async (source: boolean) => {
    asSource.current = source;
    last.current += 1;
    const own = last.current;
    set({ busy: true, failure: null });
    try {
      const document = await ipc.call("open_document", { patient, reference, index, source });
      if (own !== last.current) {
        await ipc.call("close_document", { handle: document.handle });
        return;
      }
      release();
      handle.current = document.handle;
      if (!alive.current) return release();
      if (document.form === "text" && document.pieces > 0) return await read(document, 0, []);
      set({ ...CLOSED, document, busy: document.form === "pdf" || document.form === "image" });
      if (document.form !== "pdf" && document.form !== "image") return;
      const controller = new AbortController();
      reading.current = controller;
      const wanted = { handle: document.handle, picture: null, size: document.size };
      const bytes = await readBytes(ipc, wanted, (read) => set({ read }), controller.signal);
      if (bytes === null) return;
      release();
      set({ bytes, busy: false });
    } catch (error) {
      if (own === last.current) set({ busy: false, failure: asFailure(error) });
    }
  };
  const more = async () => {
    const { document, next, pieces } = state;
    if (document === null || next === null) return;
    set({ busy: true });
    try {
      await read(document, next, pieces);
    } catch (error) {
      set({ busy: false, failure: asFailure(error) });
    }
  };
  const close = () => {
    last.current += 1;
    release();
    setState(CLOSED);
  };
  return { ...state, open, more, close, retry: () => open(asSource.current) };
}

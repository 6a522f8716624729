import type { OpenedDocumentDto } from "../ipc/bindings";
import type { Ipc } from "../ipc/ipc";

/** Reads all bytes of an open PDF or picture, part by part; ends early with null when it is cancelled. */
export async function readBytes(
  ipc: Ipc,
  document: OpenedDocumentDto,
  onProgress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const all = new Uint8Array(document.size);
  let offset = 0;
  while (offset < document.size) {
    const part = new Uint8Array(await ipc.call("document_bytes", { handle: document.handle, offset }));
    if (signal.aborted) return null;
    if (part.length === 0) break;
    all.set(part.subarray(0, document.size - offset), offset);
    offset += part.length;
    onProgress(Math.min(offset, document.size));
  }
  return all;
}

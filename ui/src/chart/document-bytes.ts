import type { Ipc } from "../ipc/ipc";

interface Wanted {
  handle: string;
  /** The piece that is a picture; without one, the document itself. */
  picture: number | null;
  /** Bytes. */
  size: number;
}

/** Reads all bytes of an open document or picture, part by part; ends early with null when it is cancelled. */
export async function readBytes(
  ipc: Ipc,
  { handle, picture, size }: Wanted,
  onProgress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const all = new Uint8Array(size);
  let offset = 0;
  while (offset < size) {
    const part = new Uint8Array(await ipc.readBytes({ handle, picture, offset }));
    if (signal.aborted) return null;
    if (part.length === 0) break;
    all.set(part.subarray(0, size - offset), offset);
    offset += part.length;
    onProgress(Math.min(offset, size));
  }
  return all;
}

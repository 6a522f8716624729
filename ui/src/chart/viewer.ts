import type { DrawnPage, FromFrame, ToFrame, ViewerReply, ViewerRequest } from "../viewer/messages";

/** The frame's document; `src-tauri/src/document_protocol.rs` serves it with a policy that allows no network. */
const FRAME = "document://localhost/viewer/";
/** What the frame may ask for: fonts and character maps of pdf.js. */
const FILE = /^(cmaps|fonts)\/[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** The largest canvas, pixels. */
const MOST_PIXELS = 16_000_000;

/**
 * A frame that draws one document. INVARIANT: it has no origin and no network, and gets nothing but the bytes of its
 * document; it is removed with the view that shows the document.
 */
export class Viewer {
  readonly #frame: HTMLIFrameElement;
  readonly #port: Promise<MessagePort>;
  readonly #waiting = new Map<number, (reply: ViewerReply) => void>();
  readonly #onMessage: (event: MessageEvent) => void;
  #last = 0;

  constructor() {
    const { promise, resolve } = withResolvers<MessagePort>();
    this.#port = promise;
    this.#onMessage = ({ source, data, ports }) => {
      const [port] = ports;
      if (source !== this.#frame.contentWindow || data !== "viewer" || port === undefined) return;
      window.removeEventListener("message", this.#onMessage);
      port.onmessage = (event: MessageEvent<FromFrame>) => this.#receive(port, event.data);
      resolve(port);
    };
    window.addEventListener("message", this.#onMessage);
    this.#frame = document.createElement("iframe");
    this.#frame.setAttribute("sandbox", "allow-scripts");
    this.#frame.setAttribute("aria-hidden", "true");
    this.#frame.tabIndex = -1;
    this.#frame.title = "";
    // Not `display: none`: pdf.js measures with elements of its own.
    Object.assign(this.#frame.style, { position: "fixed", width: "0", height: "0", border: "0", visibility: "hidden" });
    this.#frame.src = FRAME;
    document.body.append(this.#frame);
  }

  /** Opens a PDF and returns its number of pages; `null` where it cannot be read. The bytes are given away. */
  async openPdf(bytes: Uint8Array<ArrayBuffer>): Promise<number | null> {
    const reply = await this.#ask({ kind: "pdf", bytes: bytes.buffer }, [bytes.buffer]);
    return reply !== null && "pages" in reply ? reply.pages : null;
  }

  /** Draws a page and reads its text; `null` where it cannot be drawn, or another one was asked for meanwhile. */
  async drawPage(page: number, scale: number): Promise<DrawnPage | null> {
    const reply = await this.#ask({ kind: "page", page, scale, most: MOST_PIXELS });
    return reply !== null && "text" in reply ? reply : null;
  }

  /** Decodes a picture; `null` where it cannot be read. The bytes are given away. */
  async drawPicture(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<ImageBitmap | null> {
    const reply = await this.#ask({ kind: "picture", bytes: bytes.buffer, contentType }, [bytes.buffer]);
    return reply !== null && "bitmap" in reply ? reply.bitmap : null;
  }

  /** Ends the frame with its worker and everything in it. */
  close() {
    window.removeEventListener("message", this.#onMessage);
    this.#frame.remove();
  }

  async #ask(request: ViewerRequest, transfer: Transferable[] = []): Promise<ViewerReply> {
    const port = await this.#port;
    this.#last += 1;
    const id = this.#last;
    const { promise, resolve } = withResolvers<ViewerReply>();
    this.#waiting.set(id, resolve);
    port.postMessage({ id, request } satisfies ToFrame, transfer);
    return promise;
  }

  #receive(port: MessagePort, message: FromFrame) {
    if ("reply" in message) {
      this.#waiting.get(message.id)?.(message.reply);
      this.#waiting.delete(message.id);
      return;
    }
    readOwnFile(message.file).then((file) => {
      port.postMessage({ id: message.id, file } satisfies ToFrame, file === null ? [] : [file]);
    });
  }
}

/** A file that the frame may have. */
async function readOwnFile(name: string): Promise<ArrayBuffer | null> {
  if (!FILE.test(name)) return null;
  try {
    const reply = await fetch(`/viewer/${name}`);
    return reply.ok ? await reply.arrayBuffer() : null;
  } catch {
    return null;
  }
}

/** `Promise.withResolvers`, which older engines do not have. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((given) => {
    resolve = given;
  });
  return { promise, resolve };
}

/** Draws a bitmap on a canvas of its size and releases it. */
export function drawOn(canvas: HTMLCanvasElement, bitmap: ImageBitmap) {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  bitmap.close();
}

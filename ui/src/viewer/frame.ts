// Runs in the frame that draws documents: without an origin, without network, without Tauri. It gets bytes from the page
// and returns pixels and text.
import type { PDFDocumentProxy, PDFPageProxy, RenderTask } from "pdfjs-dist";
import type { FromFrame, ToFrame, ViewerReply, ViewerRequest } from "./messages";
import { isLeftOut, PDF_SETTINGS } from "./pdf-settings.js";

type PdfJs = typeof import("pdfjs-dist");

const FILES = new URL(".", import.meta.url).href;
/** Kinds of files that pdf.js asks for by name, and their folders. */
const FOLDERS: Record<string, string> = { cMapUrl: "cmaps", standardFontDataUrl: "fonts" };

const { port1: port, port2: pagePort } = new MessageChannel();
const files = new Map<number, (file: ArrayBuffer | null) => void>();
let lastFile = 0;
let pdf: PDFDocumentProxy | null = null;
/** The page that is being drawn, and those of which a part was left out; pdf.js says it once for each. */
let drawn = 0;
const incomplete = new Set<number>();
let drawing: RenderTask | null = null;

const send = (message: FromFrame, transfer: Transferable[] = []) => port.postMessage(message, transfer);

/** Asks the page for a font or a character map: this frame may fetch nothing. */
function readFile(name: string): Promise<Uint8Array> {
  lastFile += 1;
  const id = lastFile;
  send({ id, file: name });
  return new Promise((resolve, reject) => {
    files.set(id, (file) => (file === null ? reject(new Error(name)) : resolve(new Uint8Array(file))));
  });
}

/** What pdf.js calls for fonts and character maps. */
class PageFiles {
  fetch({ kind, filename }: { kind: string; filename: string }): Promise<Uint8Array> {
    const folder = FOLDERS[kind];
    return folder === undefined ? Promise.reject(new Error(kind)) : readFile(`${folder}/${filename}`);
  }
}

/** A frame that is not visible gets no animation frames. */
function drawWithoutFrames() {
  globalThis.requestAnimationFrame = (draw) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => draw(performance.now());
    port2.postMessage(null);
    return 0;
  };
}

/** Notes what pdf.js leaves out of a page: otherwise it would be missing without a word. */
function noteWarning(warning: unknown) {
  if (isLeftOut(warning)) incomplete.add(drawn);
}

/** The parser's worker: a frame without an origin may only start one from an address that it made itself. */
function startWorker(): Promise<Worker> {
  const script = `console.warn = (warning) => postMessage({ warning }); import(${JSON.stringify(`${FILES}pdf.worker.mjs`)}).then(() => postMessage("ready"), () => postMessage("failed"));`;
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(address, { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onerror = () => reject(new Error("worker"));
    worker.onmessage = ({ data }) => {
      if (typeof data === "object") return;
      worker.onmessage = null;
      worker.addEventListener("message", (event) => noteWarning(event.data.warning));
      URL.revokeObjectURL(address);
      // pdf.js itself may have spoken first: then its script has run.
      if (data === "failed") reject(new Error("worker"));
      else resolve(worker);
    };
  });
}

async function openPdf(bytes: ArrayBuffer): Promise<ViewerReply> {
  drawWithoutFrames();
  const pdfjs: PdfJs = await import(/* @vite-ignore */ `${FILES}pdf.mjs`);
  const worker = pdfjs.PDFWorker.create({ port: await startWorker() });
  console.warn = noteWarning;
  pdf = await pdfjs.getDocument({
    data: new Uint8Array(bytes),
    worker,
    BinaryDataFactory: PageFiles,
    cMapUrl: "cmaps/",
    standardFontDataUrl: "fonts/",
    wasmUrl: `${FILES}decoders/`,
    useSystemFonts: false,
    ...PDF_SETTINGS,
  }).promise;
  return { pages: pdf.numPages };
}

/** The text of a page. Its own `getTextContent` iterates over a stream, which WebKitGTK 2.50 cannot. */
async function textOf(page: PDFPageProxy): Promise<string> {
  const reader = page.streamTextContent().getReader();
  let text = "";
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const { items } = read.value as { items: { str?: string; hasEOL?: boolean }[] };
    for (const { str, hasEOL } of items) text += `${str ?? ""}${hasEOL ? "\n" : ""}`;
  }
  return text;
}

async function drawPage(number: number, scale: number, most: number): Promise<ViewerReply> {
  if (pdf === null) return null;
  drawing?.cancel();
  drawn = number;
  const page = await pdf.getPage(number);
  const plain = page.getViewport({ scale: 1 });
  const largest = Math.sqrt(most / (plain.width * plain.height));
  const viewport = page.getViewport({ scale: Math.min(scale, largest) });
  const canvas = document.createElement("canvas");
  canvas.width = viewport.width;
  canvas.height = viewport.height;
  drawing = page.render({ canvas, viewport, annotationMode: 1 });
  await drawing.promise;
  // A page whose text cannot be read is shown all the same.
  const text = await textOf(page).catch(() => "");
  return { bitmap: await createImageBitmap(canvas), text, isIncomplete: incomplete.has(number) };
}

async function answer(request: ViewerRequest): Promise<ViewerReply> {
  switch (request.kind) {
    case "pdf":
      return openPdf(request.bytes);
    case "page":
      return drawPage(request.page, request.scale, request.most);
    case "picture":
      return { bitmap: await createImageBitmap(new Blob([request.bytes], { type: request.contentType })) };
  }
}

port.onmessage = ({ data }: MessageEvent<ToFrame>) => {
  if ("file" in data) {
    files.get(data.id)?.(data.file);
    files.delete(data.id);
    return;
  }
  const { id, request } = data;
  answer(request).then(
    (reply) => send({ id, reply }, reply !== null && "bitmap" in reply ? [reply.bitmap] : []),
    () => send({ id, reply: null }),
  );
};
parent.postMessage("viewer", "*", [pagePort]);

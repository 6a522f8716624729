import type { PDFDocumentProxy } from "pdfjs-dist";
import { GlobalWorkerOptions, getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import workerUrl from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";

/** Where `vite-plugins/pdf-assets.ts` puts fonts, character maps and image decoders. */
const ASSETS = new URL("/pdf/", globalThis.location?.href ?? "http://localhost/").href;

/** A PDF that is open. */
export type Pdf = PDFDocumentProxy;

/**
 * Opens a PDF. Scripts and forms of the document are not read, fonts are drawn as paths, and image decoders are plain
 * JavaScript: the content security policy allows neither `eval` nor WebAssembly.
 */
export async function openPdf(data: Uint8Array): Promise<Pdf> {
  GlobalWorkerOptions.workerSrc = workerUrl;
  return await getDocument({
    data,
    cMapUrl: `${ASSETS}cmaps/`,
    standardFontDataUrl: `${ASSETS}fonts/`,
    wasmUrl: `${ASSETS}decoders/`,
    isEvalSupported: false,
    useWasm: false,
    useWorkerFetch: false,
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    verbosity: 0,
  }).promise;
}

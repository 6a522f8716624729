/** The most pixels of a picture in a PDF, as of any other picture (`MOST_PIXELS` of keep-document). */
const MOST_PIXELS = 72_000_000;

/** Settings of pdf.js for documents that nobody here wrote. Its warnings are needed: see `isLeftOut`. */
export const PDF_SETTINGS = {
  isEvalSupported: false,
  useWasm: false,
  useWorkerFetch: false,
  disableFontFace: true,
  enableXfa: false,
  maxImageSize: MOST_PIXELS,
  verbosity: 1,
};

/** What pdf.js warns of when it draws a page without a part of it. */
const LEFT_OUT =
  /exceeded maximum|dimensions are missing|image decoding failed|unable to decode image|image isn't ready|ignoring (pattern|shading|XObject|errors|annotation data|sub-stream|the rest of the image|\S+ glyph)/i;

/** Whether a warning of pdf.js says that a part of the page is missing. */
export function isLeftOut(warning: unknown): boolean {
  return typeof warning === "string" && LEFT_OUT.test(warning) && !warning.includes("getTextContent");
}

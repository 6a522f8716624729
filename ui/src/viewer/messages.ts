/** What the page asks of the frame that draws documents. */
export type ViewerRequest =
  /** Opens a PDF; the reply is its number of pages. */
  | { kind: "pdf"; bytes: ArrayBuffer }
  /** Draws a page of it, at most `most` pixels. */
  | { kind: "page"; page: number; scale: number; most: number }
  /** Decodes a picture. */
  | { kind: "picture"; bytes: ArrayBuffer; contentType: string };

/** A page; `isIncomplete` where a part of it could not be drawn. */
export interface DrawnPage {
  bitmap: ImageBitmap;
  text: string;
  isIncomplete: boolean;
}

/** The frame's reply to a request. */
export type ViewerReply = { pages: number } | DrawnPage | { bitmap: ImageBitmap } | null;

/** A message from the page to the frame; `id` is the number of the request, or of the frame's own one. */
export type ToFrame = { id: number; request: ViewerRequest } | { id: number; file: ArrayBuffer | null };

/** A message from the frame to the page. `null` is a document that cannot be drawn; `file` asks for a font or a character map. */
export type FromFrame = { id: number; reply: ViewerReply } | { id: number; file: string };

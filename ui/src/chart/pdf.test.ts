import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { getDocument, OPS } from "pdfjs-dist/legacy/build/pdf.mjs";
import { expect, test, vi } from "vitest";
import { isLeftOut, PDF_SETTINGS } from "../viewer/pdf-settings";

const FIXTURES = join(import.meta.dirname, "../../../tests/fixtures/documents");
const DECODERS = join(import.meta.dirname, "../../node_modules/pdfjs-dist/wasm/");

async function pagesOf(name: string): Promise<string[]> {
  const data = new Uint8Array(readFileSync(join(FIXTURES, name)));
  const pdf = await getDocument({ data, wasmUrl: DECODERS, ...PDF_SETTINGS }).promise;
  const pages: string[] = [];
  for (let page = 1; page <= pdf.numPages; page += 1) {
    const content = await (await pdf.getPage(page)).getTextContent();
    pages.push(content.items.map((item) => ("str" in item ? item.str : "")).join(" "));
  }
  await pdf.loadingTask.destroy();
  return pages;
}

test("a PDF is read without eval, WebAssembly and fonts of the system", async () => {
  const [first, second] = await pagesOf("letter.pdf");
  expect(first).toContain("Stop warfarin today.");
  expect(first).toContain("Größe 1,70 m");
  expect(second).toContain("apixaban 5 mg twice a day");
});

test("a scanned page has no text", async () => {
  expect(await pagesOf("scan.pdf")).toEqual([""]);
});

test("a file that is no PDF is refused", async () => {
  await expect(getDocument({ data: new Uint8Array([1, 2, 3]), verbosity: 0 }).promise).rejects.toThrow();
});

/** A page with a white picture of this size; at one bit per pixel it is small as a file. */
function pdfWithPicture(width: number, height: number): Uint8Array {
  const picture = deflateSync(Buffer.alloc(Math.ceil(width / 8) * height, 0xff));
  const content = "q 200 0 0 200 0 0 cm /P Do Q";
  const dictionary = `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode /Length ${picture.length}`;
  const objects: Uint8Array[] = [
    Buffer.from("<< /Type /Catalog /Pages 2 0 R >>"),
    Buffer.from("<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
    Buffer.from(
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> >> >>",
    ),
    Buffer.from(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`),
    Buffer.concat([Buffer.from(`<< ${dictionary} >>\nstream\n`), picture, Buffer.from("\nendstream")]),
  ];
  const parts: Uint8Array[] = [Buffer.from("%PDF-1.4\n")];
  objects.forEach((body, at) => {
    parts.push(Buffer.from(`${at + 1} 0 obj\n`), body, Buffer.from("\nendobj\n"));
  });
  parts.push(Buffer.from("trailer << /Root 1 0 R /Size 6 >>\n"));
  return new Uint8Array(Buffer.concat(parts));
}

/** Whether pdf.js has a picture to draw on the page, and whether it said that it left something out. */
async function pictureOf(data: Uint8Array): Promise<[boolean, boolean]> {
  const warnings = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const pdf = await getDocument({ data, ...PDF_SETTINGS }).promise;
  const list = await (await pdf.getPage(1)).getOperatorList();
  await pdf.loadingTask.destroy();
  const said = warnings.mock.calls.some(([warning]) => isLeftOut(warning));
  warnings.mockRestore();
  return [list.fnArray.some((operator) => [OPS.paintImageXObject, OPS.paintImageMaskXObject].includes(operator)), said];
}

test("a picture with too many pixels is left out of its page, which says so", async () => {
  expect(await pictureOf(pdfWithPicture(2_000, 2_000))).toEqual([true, false]);
  expect(await pictureOf(pdfWithPicture(9_000, 9_000))).toEqual([false, true]);
});

test("what is missing on a page differs from what only looks different", () => {
  expect(isLeftOut('Warning: getOperatorList - ignoring XObject: "FormatError".')).toBe(true);
  expect(isLeftOut('Warning: Unable to decode image "img_p0_1": "JpxError".')).toBe(true);
  expect(isLeftOut('Warning: getTextContent - ignoring XObject: "FormatError".')).toBe(false);
  expect(isLeftOut("Warning: ICCBased color space: Ignoring incorrect /Alternate entry.")).toBe(false);
  expect(isLeftOut({ warning: "ignoring XObject" })).toBe(false);
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import { expect, test } from "vitest";

const FIXTURES = join(import.meta.dirname, "../../../tests/fixtures/documents");
const DECODERS = join(import.meta.dirname, "../../node_modules/pdfjs-dist/wasm/");

async function pagesOf(name: string): Promise<string[]> {
  const data = new Uint8Array(readFileSync(join(FIXTURES, name)));
  const options = { useWasm: false, isEvalSupported: false, disableFontFace: true, wasmUrl: DECODERS, verbosity: 0 };
  const pdf = await getDocument({ data, ...options }).promise;
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

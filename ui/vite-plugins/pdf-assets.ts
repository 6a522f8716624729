import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** Folder of the package, folder in the build, and which files. */
const FOLDERS: [from: string, to: string, wanted: RegExp][] = [
  ["cmaps", "cmaps", /\.bcmap$/],
  ["standard_fonts", "fonts", /\.(pfb|ttf)$/],
  // The decoders without WebAssembly, which the content security policy does not allow.
  ["wasm", "decoders", /_nowasm_fallback\.js$/],
];

/** Adds what pdf.js loads by name to the build: fonts, character maps and image decoders. */
export function pdfAssets(root: string): Plugin {
  return {
    name: "pdf-assets",
    apply: "build",
    generateBundle() {
      for (const [from, to, wanted] of FOLDERS) {
        const folder = join(root, "node_modules/pdfjs-dist", from);
        const files = readdirSync(folder).filter((name) => wanted.test(name));
        if (files.length === 0) this.error(`pdfjs-dist has no files for ${to}`);
        for (const name of files)
          this.emitFile({ type: "asset", fileName: `pdf/${to}/${name}`, source: readFileSync(join(folder, name)) });
      }
    },
  };
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Plugin, transformWithOxc } from "vite";

/** Folder of the package, folder in the build, and which files. */
const FOLDERS: [from: string, to: string, wanted: RegExp][] = [
  ["cmaps", "cmaps/", /\.bcmap$/],
  ["standard_fonts", "fonts/", /\.(pfb|ttf)$/],
  // The decoders without WebAssembly, which the content security policy does not allow.
  ["wasm", "decoders/", /_nowasm_fallback\.js$/],
  ["legacy/build", "", /^pdf(\.worker)?\.min\.mjs$/],
];

/** The scripts of the frame, each a module of its own: they import each other by these names, and types. */
const SCRIPTS = ["frame", "pdf-settings"];

/**
 * Adds what the frame of documents loads by name to the build: pdf.js as it was published, so that it is loaded with the
 * first PDF only, its fonts, character maps and image decoders.
 */
export function pdfAssets(root: string): Plugin {
  return {
    name: "pdf-assets",
    apply: "build",
    async generateBundle() {
      for (const name of SCRIPTS) {
        const script = join(root, "src/viewer", `${name}.ts`);
        const { code } = await transformWithOxc(readFileSync(script, "utf8"), script, { sourcemap: false });
        for (const [, other] of code.matchAll(/from "\.\/([^"]*)"/g)) {
          if (!SCRIPTS.some((known) => `${known}.js` === other)) this.error(`${script} imports ${other}`);
        }
        this.emitFile({ type: "asset", fileName: `viewer/${name}.js`, source: code });
      }
      for (const [from, to, wanted] of FOLDERS) {
        const folder = join(root, "node_modules/pdfjs-dist", from);
        const files = readdirSync(folder).filter((name) => wanted.test(name));
        if (files.length === 0) this.error(`pdfjs-dist has no files in ${from}`);
        for (const name of files) {
          const fileName = `viewer/${to}${name.replace(".min.", ".")}`;
          this.emitFile({ type: "asset", fileName, source: readFileSync(join(folder, name)) });
        }
      }
    },
  };
}

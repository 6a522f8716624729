import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Fails a build whose initial JavaScript (entry and its static imports) is over `limit` bytes gzipped. */
export function initialBudget(limit: number): Plugin {
  return {
    name: "initial-budget",
    apply: "build",
    generateBundle(_options, bundle) {
      const seen = new Set<string>();
      const queue = Object.values(bundle).flatMap((file) =>
        file.type === "chunk" && file.isEntry ? [file.fileName] : [],
      );
      let bytes = 0;
      for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
        const file = bundle[name];
        if (seen.has(name) || file?.type !== "chunk") continue;
        seen.add(name);
        bytes += gzipSync(file.code).length;
        queue.push(...file.imports);
      }
      if (bytes > limit) this.error(`initial JavaScript is ${bytes} bytes gzipped, over the budget of ${limit}`);
      this.info(`initial JavaScript: ${(bytes / 1024).toFixed(1)} kB gzipped of ${limit / 1024} kB`);
    },
  };
}

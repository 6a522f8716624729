import type { Plugin } from "vite";

/** Fails a production build that contains the fake backend or the gallery. */
export function noFake(): Plugin {
  let production = false;
  return {
    name: "no-fake",
    apply: "build",
    configResolved: (config) => {
      production = config.mode === "production";
    },
    generateBundle(_options, bundle) {
      if (!production) return;
      for (const file of Object.values(bundle)) {
        const found =
          file.type === "chunk" ? file.moduleIds.find((id) => /\/src\/(ipc\/fake|gallery)\//.test(id)) : undefined;
        if (found !== undefined) this.error(`the production bundle contains ${found}`);
      }
    },
  };
}

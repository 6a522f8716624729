import type { Plugin } from "vite";

/**
 * Gives the one stylesheet link the id under which react-aria looks for its injected `<style>`.
 * Finding it, react-aria injects nothing, and `style-src 'self'` holds; its rule is in `theme/base.css`.
 */
export function stylesheetId(): Plugin {
  return {
    name: "stylesheet-id",
    apply: "build",
    enforce: "post",
    transformIndexHtml: {
      order: "post",
      handler: (html) =>
        html.replace('<link rel="stylesheet"', '<link id="react-aria-pressable-style" rel="stylesheet"'),
    },
  };
}

import type { Plugin } from "vite";

/**
 * Gives the stylesheet link the id of the `<style>` that react-aria would inject, so that react-aria injects nothing
 * and the page complies with `style-src 'self'`. The rule itself is in `theme/base.css`.
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

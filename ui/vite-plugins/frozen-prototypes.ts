import type { Plugin } from "vite";

const PATCHES: { file: string; from: string; to: string }[] = [
  {
    file: "d3-color/dist/d3-color.mjs",
    from: "prototype.constructor = constructor;",
    to: 'Object.defineProperty(prototype, "constructor", { value: constructor });',
  },
  {
    file: "d3-color/dist/d3-color.mjs",
    from: "for (var key in definition) prototype[key] = definition[key];",
    to: "for (var key in definition) Object.defineProperty(prototype, key, { value: definition[key] });",
  },
  {
    file: "d3-format/dist/d3-format.mjs",
    from: "FormatSpecifier.prototype.toString = function() {",
    to: "FormatSpecifier.prototype[Symbol.toPrimitive] = function() {",
  },
];

/**
 * Tauri's `freezePrototype` freezes `Object.prototype`, and d3 then throws on load, because it assigns
 * `constructor` and `toString` on objects that inherit them. This plugin defines the properties instead.
 * The build fails if d3 no longer contains these lines.
 */
export function frozenPrototypes(): Plugin {
  const applied = new Set<string>();
  return {
    name: "frozen-prototypes",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      let patched = code;
      for (const patch of PATCHES) {
        if (!id.endsWith(patch.file)) continue;
        if (!patched.includes(patch.from)) this.error(`${patch.file} has changed: ${patch.from}`);
        patched = patched.replace(patch.from, patch.to);
        applied.add(patch.from);
      }
      return patched === code ? null : { code: patched, map: null };
    },
    buildEnd(error) {
      if (error === undefined && applied.size < PATCHES.length)
        this.error("a patch for frozen prototypes was not applied");
    },
  };
}

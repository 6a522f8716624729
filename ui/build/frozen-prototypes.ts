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
 * Tauri's `freezePrototype` freezes `Object.prototype`. d3 then fails at its first line, since it assigns
 * `constructor` and `toString` on objects that inherit the frozen ones; this defines them instead.
 * A build whose d3 no longer has these lines fails, so that the list stays true.
 */
export function frozenPrototypes(): Plugin {
  const met = new Set<string>();
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
        met.add(patch.from);
      }
      return patched === code ? null : { code: patched, map: null };
    },
    buildEnd(error) {
      if (error === undefined && met.size < PATCHES.length) this.error("a patch for frozen prototypes met no file");
    },
  };
}

/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { frozenPrototypes } from "./vite-plugins/frozen-prototypes.ts";
import { initialBudget } from "./vite-plugins/initial-budget.ts";
import { noFake } from "./vite-plugins/no-fake.ts";
import { pdfAssets } from "./vite-plugins/pdf-assets.ts";
import { stylesheetId } from "./vite-plugins/stylesheet-id.ts";

// Tests run in one time zone, so that formatted times are the same on every machine.
process.env.TZ ??= "Africa/Nairobi";

export default defineConfig({
  plugins: [
    react(),
    frozenPrototypes(),
    stylesheetId(),
    noFake(),
    pdfAssets(import.meta.dirname),
    initialBudget(400 * 1024),
  ],
  clearScreen: false,
  server: { port: 5173, strictPort: true, host: "127.0.0.1" },
  preview: { port: 4173, strictPort: true, host: "127.0.0.1" },
  build: {
    target: "safari16",
    sourcemap: false,
    // Fonts are not inlined, because font-src does not allow data URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./src/test-setup.ts"],
    css: { modules: { classNameStrategy: "non-scoped" } },
    testTimeout: 20_000,
  },
});

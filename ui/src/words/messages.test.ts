import { expect, test } from "vitest";
import { messages } from "./words";

const sources = import.meta.glob<string>("../**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
const code = Object.entries(sources).filter(([path]) => !path.includes(".test.") && !path.includes("/ipc/fake/"));

test("only ipc imports @tauri-apps", () => {
  const importers = code.filter(([, text]) => /from "@tauri-apps\//.test(text)).map(([path]) => path);
  expect(importers).toEqual(["../ipc/tauri.ts"]);
});

test("no screen uses storage, a service worker, a locale's own format or raw HTML", () => {
  const banned =
    /localStorage|sessionStorage|indexedDB|serviceWorker|toLocale\w*String|dangerouslySetInnerHTML|document\.cookie/;
  expect(code.filter(([, text]) => banned.test(text)).map(([path]) => path)).toEqual([]);
});

test("every message has text and every argument a name", () => {
  for (const [id, text] of Object.entries(messages)) {
    expect(text.trim(), id).not.toBe("");
    expect(text.includes("{}"), id).toBe(false);
  }
});

test("every message is in one file only", () => {
  const files = import.meta.glob<Record<string, string>>("./en/*.json", { import: "default", eager: true });
  const ids = Object.values(files).flatMap((file) => Object.keys(file));
  expect(ids.toSorted()).toEqual(Object.keys(messages).toSorted());
});

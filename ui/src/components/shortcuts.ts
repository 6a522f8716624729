import { useEffect, useRef } from "react";

type Shortcuts = Record<string, (() => void) | undefined>;

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;

/** The name of a key press: `ctrl+k`, `n`, `?`. Ctrl and ⌘ are one. */
function nameKey(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.altKey) return "";
  return event.ctrlKey || event.metaKey ? `ctrl+${key}` : key;
}

/** Hears shortcuts while mounted. Plain letters are left alone while somebody types or a dialog is open. */
export function useShortcuts(shortcuts: Shortcuts) {
  const current = useRef(shortcuts);
  current.current = shortcuts;
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const name = nameKey(event);
      const run = current.current[name];
      if (run === undefined || event.defaultPrevented) return;
      if (!name.startsWith("ctrl+") && (typing(event.target) || document.querySelector("[role=dialog]") !== null))
        return;
      event.preventDefault();
      run();
    };
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, []);
}

import { createContext, useContext, useEffect, useRef } from "react";

type Shortcuts = Record<string, (() => void) | undefined>;

/** Provides whether keys without Ctrl are shortcuts. */
export const SingleKeysContext = createContext(true);

const isTextInput = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;

/** The name of a key press: `ctrl+k`, `n`, `?`. Ctrl and ⌘ count as the same key. */
function keyName(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.altKey) return "";
  return event.ctrlKey || event.metaKey ? `ctrl+${key}` : key;
}

/** Handles keyboard shortcuts while mounted. Plain letters are ignored during typing and while a dialog is open. */
export function useShortcuts(shortcuts: Shortcuts) {
  const singleKeys = useContext(SingleKeysContext);
  const current = useRef(shortcuts);
  current.current = shortcuts;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const name = keyName(event);
      const run = current.current[name];
      if (run === undefined || event.defaultPrevented) return;
      if (!singleKeys && name.length === 1) return;
      if (!name.startsWith("ctrl+") && (isTextInput(event.target) || document.querySelector("[role=dialog]") !== null))
        return;
      event.preventDefault();
      run();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [singleKeys]);
}

import { useEffect } from "react";
import { useIpc } from "../ipc/ipc-context";

const INPUTS = ["keydown", "pointerdown", "pointermove", "wheel"] as const;

/** Tells Rust that somebody is there, at most once in five seconds. */
export function useTouch() {
  const ipc = useIpc();
  useEffect(() => {
    let last = Number.NEGATIVE_INFINITY;
    const touch = () => {
      const now = performance.now();
      if (now - last < 5000) return;
      last = now;
      ipc.call("touch").catch(() => undefined);
    };
    for (const input of INPUTS) window.addEventListener(input, touch, { passive: true, capture: true });
    return () => {
      for (const input of INPUTS) window.removeEventListener(input, touch, { capture: true });
    };
  }, [ipc]);
}

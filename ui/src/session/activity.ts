import { useEffect } from "react";
import { useIpc } from "../ipc/ipc-context";

const INPUT_EVENTS = ["keydown", "pointerdown", "pointermove", "wheel"] as const;

/** Reports user activity to Rust, at most once every five seconds. */
export function useActivityReport() {
  const ipc = useIpc();
  useEffect(() => {
    let lastReport = Number.NEGATIVE_INFINITY;
    const report = () => {
      const now = performance.now();
      if (now - lastReport < 5000) return;
      lastReport = now;
      ipc.call("touch").catch(() => undefined);
    };
    for (const event of INPUT_EVENTS) window.addEventListener(event, report, { passive: true, capture: true });
    return () => {
      for (const event of INPUT_EVENTS) window.removeEventListener(event, report, { capture: true });
    };
  }, [ipc]);
}

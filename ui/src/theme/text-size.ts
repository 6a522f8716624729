import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { useShortcuts } from "../components/shortcuts";
import type { TextSizeDto } from "../ipc/bindings";
import type { Ipc } from "../ipc/ipc";

interface TextSizeState {
  /** The size that was just chosen, percent; null at other times. */
  shown: number | null;
  larger: () => void;
  smaller: () => void;
  normal: () => void;
}

const nothing = () => undefined;

/** Provides the size of text and its setters. */
export const TextSizeContext = createContext<TextSizeState>({
  shown: null,
  larger: nothing,
  smaller: nothing,
  normal: nothing,
});

/** The size of text and its setters. */
export const useTextSize = (): TextSizeState => useContext(TextSizeContext);

/** How long a new size is shown, milliseconds. */
const SHOWN_MILLIS = 2_000;

/** Changes the size of text by Ctrl and +, − or 0, or the wheel with Ctrl, on every screen. */
export function useTextSizeState(ipc: Ipc): TextSizeState {
  const [shown, setShown] = useState<number | null>(null);
  const current = useRef<TextSizeDto | null>(null);
  const last = useRef<Promise<void>>(Promise.resolve());
  useEffect(() => {
    if (shown === null) return;
    const timer = setTimeout(() => setShown(null), SHOWN_MILLIS);
    return () => clearTimeout(timer);
  }, [shown]);
  const change = useCallback(
    (choose: (size: TextSizeDto) => number | undefined) => {
      const run = async () => {
        const size = current.current ?? (await ipc.call("text_size"));
        const percent = choose(size) ?? size.percent;
        current.current = await ipc.call("set_text_size", { percent });
        setShown(current.current.percent);
      };
      // One after the other: each step starts from the size that the one before has set. A size that could not be set
      // stays as it was, which the user sees.
      last.current = last.current.then(run).catch(nothing);
    },
    [ipc],
  );
  const setters = useMemo(() => {
    const run = (choose: (size: TextSizeDto) => number | undefined) => () => change(choose);
    return {
      larger: run(({ percent, sizes }) => sizes.find((size) => size > percent)),
      smaller: run(({ percent, sizes }) => sizes.findLast((size) => size < percent)),
      normal: run(() => 100),
    };
  }, [change]);
  useShortcuts({
    "ctrl+=": setters.larger,
    "ctrl++": setters.larger,
    "ctrl+-": setters.smaller,
    "ctrl+0": setters.normal,
  });
  useEffect(() => {
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      if (event.deltaY < 0) setters.larger();
      if (event.deltaY > 0) setters.smaller();
    };
    window.addEventListener("wheel", onWheel, { passive: false });
    return () => window.removeEventListener("wheel", onWheel);
  }, [setters]);
  return useMemo(() => ({ shown, ...setters }), [shown, setters]);
}

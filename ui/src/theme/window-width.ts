import { useSyncExternalStore } from "react";

/** Up to this width tables drop their least important column; the stylesheets use the same number. */
const NARROW = "(max-width: 1180px)";
/** From this width on the top bar has room for full sentences. */
const WIDE = "(min-width: 1440px)";

function useMediaQuery(media: string, fallback: boolean): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const query = window.matchMedia?.(media);
      query?.addEventListener("change", onChange);
      return () => query?.removeEventListener("change", onChange);
    },
    () => window.matchMedia?.(media).matches ?? fallback,
  );
}

/** Whether the window is narrower than the screen of a clinic laptop. */
export const useNarrowWindow = (): boolean => useMediaQuery(NARROW, false);

/** Whether the window is wider than the screen of a clinic laptop. */
export const useWideWindow = (): boolean => useMediaQuery(WIDE, true);

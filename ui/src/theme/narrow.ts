import { useSyncExternalStore } from "react";

/** Up to this width the lists do without their least column; the stylesheets use the same number. */
const NARROW = "(max-width: 1180px)";
/** From this width on the top bar has room for whole sentences beside each other. */
const ROOMY = "(min-width: 1440px)";

function useMatch(media: string, otherwise: boolean): boolean {
  return useSyncExternalStore(
    (hear) => {
      const query = window.matchMedia?.(media);
      query?.addEventListener("change", hear);
      return () => query?.removeEventListener("change", hear);
    },
    () => window.matchMedia?.(media).matches ?? otherwise,
  );
}

/** Whether the window is narrower than the clinic laptop's. */
export const useNarrow = (): boolean => useMatch(NARROW, false);

/** Whether the window is wider than the clinic laptop's. */
export const useRoomy = (): boolean => useMatch(ROOMY, true);

import { useSyncExternalStore } from "react";

/** Up to this width the lists do without their least column; the stylesheets use the same number. */
const NARROW = "(max-width: 1180px)";

function listen(hear: () => void) {
  const query = window.matchMedia?.(NARROW);
  query?.addEventListener("change", hear);
  return () => query?.removeEventListener("change", hear);
}

/** Whether the window is narrower than the clinic laptop's. */
export function useNarrow(): boolean {
  return useSyncExternalStore(listen, () => window.matchMedia?.(NARROW).matches ?? false);
}

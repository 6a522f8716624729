import { useEffect } from "react";

/** An element that had the focus, with its ancestors and the place of each in its parent. */
type Trail = { element: HTMLElement; index: number }[];

/** Long enough for a closing dialog to return the focus itself. */
const WAIT_MS = 80;

const FOCUSABLE =
  "a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex='0']";

const trailOf = (target: HTMLElement): Trail => {
  const trail: Trail = [];
  for (let element: HTMLElement | null = target; element !== null; element = element.parentElement)
    trail.push({ element, index: [...(element.parentElement?.children ?? [])].indexOf(element) });
  return trail;
};

/** The element itself, or else the nearest one that took its place. */
function successorOf(trail: Trail): HTMLElement | null {
  const [own] = trail;
  if (own?.element.isConnected === true && own.element.matches(FOCUSABLE)) return own.element;
  for (const [at, { element }] of trail.entries()) {
    if (!element.isConnected || element === document.body) continue;
    const place = Math.min(trail[at - 1]?.index ?? 0, element.children.length - 1);
    const found =
      element.children[place]?.querySelector<HTMLElement>(FOCUSABLE) ?? element.querySelector<HTMLElement>(FOCUSABLE);
    if (found !== null) return found;
  }
  return null;
}

/** Work goes on where it was: when the focused element disappears, the one in its place gets the focus. */
export function useFocusRescue() {
  useEffect(() => {
    let trail: Trail = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onFocus = ({ target }: FocusEvent) => {
      // A dialog or a menu is left for the page behind it.
      if (target instanceof HTMLElement && target.closest("[role=dialog], [role=alertdialog], [role=menu]") === null)
        trail = trailOf(target);
    };
    const isLost = () =>
      document.activeElement === document.body &&
      trail[0]?.element.isConnected === false &&
      document.querySelector("[role=dialog], [role=alertdialog], [role=menu]") === null;
    const observer = new MutationObserver(() => {
      if (timer !== undefined || !isLost()) return;
      timer = setTimeout(() => {
        timer = undefined;
        if (isLost()) successorOf(trail)?.focus({ preventScroll: true });
      }, WAIT_MS);
    });
    document.addEventListener("focusin", onFocus);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener("focusin", onFocus);
      observer.disconnect();
      clearTimeout(timer);
    };
  }, []);
}

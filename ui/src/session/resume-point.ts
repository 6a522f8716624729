import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import type { ResumePointDto } from "../ipc/bindings";
import { useIpc } from "../ipc/ipc-context";
import { useSession } from "./session-context";

/** What the person typed in last; a dialog or a button that took the focus since does not change where they are. */
export function fieldOf(active: Element | null, last: HTMLElement | null): HTMLElement | null {
  if (active instanceof HTMLElement && active.dataset.field !== undefined) return active;
  return last?.isConnected === true ? last : null;
}

/** Route, draft, field and caret, as they are now. */
export function readPlace(route: string, field: HTMLElement | null): ResumePointDto {
  const draft = field?.closest<HTMLElement>("[data-draft]")?.dataset.draft ?? "";
  const caret =
    field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === "text")
      ? (field.selectionStart ?? 0)
      : 0;
  return { route, draft: draft === "" ? null : draft, field: field?.dataset.field ?? null, caret };
}

/** Keeps the place half a second after it last moved, and right before a lock. */
export function useKeptPlace() {
  const ipc = useIpc();
  const router = useRouter();
  const { beforeLock } = useSession();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = "";
    let field: HTMLElement | null = null;
    const keep = async () => {
      field = fieldOf(document.activeElement, field);
      const place = readPlace(router.state.location.href, field);
      const told = JSON.stringify(place);
      if (told === last) return;
      last = told;
      await ipc.call("keep_place", place).catch(() => undefined);
    };
    const soon = () => {
      field = fieldOf(document.activeElement, field);
      clearTimeout(timer);
      timer = setTimeout(keep, 500);
    };
    const stops = [router.subscribe("onResolved", soon), beforeLock(keep)];
    document.addEventListener("focusin", soon);
    document.addEventListener("selectionchange", soon);
    document.addEventListener("keyup", soon);
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
      document.removeEventListener("focusin", soon);
      document.removeEventListener("selectionchange", soon);
      document.removeEventListener("keyup", soon);
    };
  }, [ipc, router, beforeLock]);
}

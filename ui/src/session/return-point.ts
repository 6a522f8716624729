import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import type { ReturnPointDto } from "../ipc/bindings";
import { useIpc } from "../ipc/ipc-context";
import { useSession } from "./session-context";

/** The field used last; focus that has since moved to a dialog or a button does not change it. */
export function fieldInUse(active: Element | null, last: HTMLElement | null): HTMLElement | null {
  if (active instanceof HTMLElement && active.dataset.field !== undefined) return active;
  return last?.isConnected === true ? last : null;
}

/** The current route, draft, field and caret position. */
export function readReturnPoint(route: string, field: HTMLElement | null): ReturnPointDto {
  const draft = field?.closest<HTMLElement>("[data-draft]")?.dataset.draft ?? "";
  const caret =
    field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === "text")
      ? (field.selectionStart ?? 0)
      : 0;
  return { route, draft: draft === "" ? null : draft, field: field?.dataset.field ?? null, caret };
}

/** Saves the resume point half a second after its last change, and right before a lock. */
export function useReturnPoint() {
  const ipc = useIpc();
  const router = useRouter();
  const { beforeLock } = useSession();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastSaved = "";
    let field: HTMLElement | null = null;
    const save = async () => {
      field = fieldInUse(document.activeElement, field);
      const point = readReturnPoint(router.state.location.href, field);
      const serialized = JSON.stringify(point);
      if (serialized === lastSaved) return;
      lastSaved = serialized;
      await ipc.call("keep_place", point).catch(() => undefined);
    };
    const saveSoon = () => {
      field = fieldInUse(document.activeElement, field);
      clearTimeout(timer);
      timer = setTimeout(save, 500);
    };
    const stops = [router.subscribe("onResolved", saveSoon), beforeLock(save)];
    document.addEventListener("focusin", saveSoon);
    document.addEventListener("selectionchange", saveSoon);
    document.addEventListener("keyup", saveSoon);
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
      document.removeEventListener("focusin", saveSoon);
      document.removeEventListener("selectionchange", saveSoon);
      document.removeEventListener("keyup", saveSoon);
    };
  }, [ipc, router, beforeLock]);
}

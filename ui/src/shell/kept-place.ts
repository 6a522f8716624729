import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { useSession } from "../app/session-context";
import type { ResumePointDto } from "../ipc/bindings";
import { useIpc } from "../ipc/ipc-context";

/** Route, draft, field and caret, as they are now. */
export function readPlace(route: string): ResumePointDto {
  const active = document.activeElement;
  const field = active instanceof HTMLElement ? (active.dataset.field ?? null) : null;
  const draft = active?.closest<HTMLElement>("[data-draft]")?.dataset.draft ?? null;
  const caret =
    active instanceof HTMLTextAreaElement || (active instanceof HTMLInputElement && active.type === "text")
      ? (active.selectionStart ?? 0)
      : 0;
  return { route, draft: draft === "" ? null : draft, field, caret };
}

/** Keeps the place half a second after it last moved, and right before a lock. */
export function useKeptPlace() {
  const ipc = useIpc();
  const router = useRouter();
  const { beforeLock } = useSession();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = "";
    const keep = async () => {
      const place = readPlace(router.state.location.href);
      const told = JSON.stringify(place);
      if (told === last) return;
      last = told;
      await ipc.call("keep_place", place).catch(() => undefined);
    };
    const soon = () => {
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

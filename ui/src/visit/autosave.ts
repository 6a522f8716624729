import { useCallback, useEffect, useRef, useState } from "react";
import type { DraftDto, DraftKindDto, FailureDto } from "../ipc/bindings";
import { asFailure } from "../ipc/failure";
import { useIpc } from "../ipc/ipc-context";
import { useSession } from "../session/session-context";

/** Milliseconds without typing after which the draft is saved. */
const PAUSE = 700;
// INVARIANT: what is typed is saved, encrypted, within two seconds, even if typing never pauses.
const MAX_DELAY = 1600;

interface Autosave {
  /** The id of the draft, once it is saved. */
  draft: string | null;
  /** When it was last saved, RFC 3339. */
  savedAt: string | null;
  failure: FailureDto | null;
  /** Stops saving, because the form was saved or signed. Resolves to the id of the draft once no save is pending. */
  finish: () => Promise<string | null>;
  /** Starts again after saving or signing the form failed. */
  resume: () => void;
}

/** Saves `content` as a draft while it changes. */
export function useAutosave(
  kind: DraftKindDto,
  patient: string,
  savedDraft: DraftDto | undefined,
  content: string,
  onDraftSaved: (draft: DraftDto) => void,
): Autosave {
  const ipc = useIpc();
  const { beforeLock } = useSession();
  const [shown, setShown] = useState({ draft: savedDraft?.draft ?? null, savedAt: savedDraft?.saved ?? null });
  const [failure, setFailure] = useState<FailureDto | null>(null);
  const latest = useRef({
    id: savedDraft?.draft ?? null,
    content,
    saved: content,
    ended: false,
    since: 0,
    mounted: true,
  });
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const notify = useRef(onDraftSaved);
  notify.current = onDraftSaved;
  latest.current.content = content;

  const flush = useCallback(() => {
    const state = latest.current;
    queue.current = queue.current.then(async () => {
      if (state.ended || state.content === state.saved) return;
      const sent = state.content;
      try {
        const reply = await ipc.call("save_draft", { draft: state.id, kind, patient, content: sent });
        state.id = reply.draft;
        state.saved = sent;
        state.since = 0;
        if (state.ended) return;
        notify.current({ draft: reply.draft, kind, patient, patientName: null, content: sent, saved: reply.saved });
        if (!state.mounted) return;
        setFailure(null);
        setShown({ draft: reply.draft, savedAt: reply.saved });
      } catch (error) {
        if (state.mounted) setFailure(asFailure(error));
      }
    });
    return queue.current;
  }, [ipc, kind, patient]);

  useEffect(() => {
    const state = latest.current;
    if (state.ended || content === state.saved) return;
    if (state.since === 0) state.since = performance.now();
    const wait = Math.min(PAUSE, Math.max(0, state.since + MAX_DELAY - performance.now()));
    const timer = setTimeout(flush, wait);
    return () => clearTimeout(timer);
  }, [content, flush]);

  useEffect(() => beforeLock(flush), [beforeLock, flush]);
  useEffect(() => {
    const state = latest.current;
    state.mounted = true;
    return () => {
      state.mounted = false;
      flush();
    };
  }, [flush]);

  return {
    ...shown,
    failure,
    finish: async () => {
      latest.current.ended = true;
      await queue.current;
      return latest.current.id;
    },
    resume: () => {
      latest.current.ended = false;
    },
  };
}

import { useCallback, useEffect, useRef, useState } from "react";
import type { DraftDto, FailureDto } from "../ipc/bindings";
import { asFailure } from "../ipc/failure";
import { useIpc } from "../ipc/ipc-context";
import { useSession } from "../session/session-context";

const PAUSE = 700;
// INVARIANT: what was typed is kept encrypted at most two seconds after it was typed, however fast the typing goes on.
const LONGEST = 1600;

interface Kept {
  /** The draft's id, empty until first kept. */
  draft: string;
  /** When it was last kept, RFC 3339, or empty. */
  kept: string;
  failure: FailureDto | null;
  /** Ends keeping: the form was saved or signed, so the draft is no more. Resolves to the id once writing is quiet. */
  finish: () => Promise<string>;
  /** Keeps again after a save that failed. */
  resume: () => void;
}

/** Keeps `content` as a draft while it changes. */
export function useAutosave(
  kind: "vitals" | "note",
  patient: string,
  first: DraftDto | undefined,
  content: string,
  onKept: (draft: DraftDto) => void,
): Kept {
  const ipc = useIpc();
  const { beforeLock } = useSession();
  const [shown, setShown] = useState({ draft: first?.draft ?? "", kept: first?.kept ?? "" });
  const [failure, setFailure] = useState<FailureDto | null>(null);
  const now = useRef({ id: first?.draft ?? "", content, saved: content, ended: false, since: 0, mounted: true });
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const tell = useRef(onKept);
  tell.current = onKept;
  now.current.content = content;

  const flush = useCallback(() => {
    const state = now.current;
    queue.current = queue.current.then(async () => {
      if (state.ended || state.content === state.saved) return;
      const sent = state.content;
      try {
        const answer = await ipc.call("save_draft", { draft: state.id, kind, patient, content: sent });
        state.id = answer.draft;
        state.saved = sent;
        state.since = 0;
        if (state.ended) return;
        tell.current({ draft: answer.draft, kind, patient, patientName: "", content: sent, kept: answer.kept });
        if (!state.mounted) return;
        setFailure(null);
        setShown({ draft: answer.draft, kept: answer.kept });
      } catch (error) {
        if (state.mounted) setFailure(asFailure(error));
      }
    });
    return queue.current;
  }, [ipc, kind, patient]);

  useEffect(() => {
    const state = now.current;
    if (state.ended || content === state.saved) return;
    if (state.since === 0) state.since = performance.now();
    const wait = Math.min(PAUSE, Math.max(0, state.since + LONGEST - performance.now()));
    const timer = setTimeout(flush, wait);
    return () => clearTimeout(timer);
  }, [content, flush]);

  useEffect(() => beforeLock(flush), [beforeLock, flush]);
  useEffect(() => {
    const state = now.current;
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
      now.current.ended = true;
      await queue.current;
      return now.current.id;
    },
    resume: () => {
      now.current.ended = false;
    },
  };
}

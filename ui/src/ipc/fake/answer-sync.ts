import type { AnswersOf } from "./answers";
import { type FakeState, refuse } from "./state";
import { chipOf, conflictOf, pageOf } from "./sync-data";

type Names = "sync_chip" | "sync_page" | "sync_now" | "sync_cancel" | "sync_retry" | "conflict" | "decide_conflict";

/** Sync and conflicts. */
export function answerSync(state: FakeState): AnswersOf<Names> {
  const tell = () => state.emit("sync_chip", chipOf(state));
  return {
    sync_chip: () => chipOf(state),
    sync_page: () => pageOf(state),
    sync_now: () => {
      if (state.options.offline) return refuse("server_unreachable");
      state.running = true;
      tell();
      return pageOf(state);
    },
    sync_cancel: () => {
      state.running = false;
      tell();
      return pageOf(state);
    },
    sync_retry: () => {
      state.rejected = 0;
      state.pending += 1;
      tell();
      return pageOf(state);
    },
    conflict: ({ conflict }) => (state.conflicts > 0 ? conflictOf(state, conflict) : refuse("not_available")),
    decide_conflict: () => {
      state.conflicts = 0;
      state.changeSet += 1;
      tell();
      return { changeSet: state.changeSet, resources: ["MedicationRequest/md3"], visitStarted: false };
    },
  };
}

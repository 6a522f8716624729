import { type FakeState, refuse } from "./fake-state";
import type { HandlersOf } from "./handlers";
import { chipOf, conflictOf, pageOf } from "./sync-data";

type HandledCommands =
  | "sync_chip"
  | "sync_page"
  | "sync_now"
  | "sync_cancel"
  | "sync_retry"
  | "sync_give_up"
  | "conflict"
  | "decide_conflict";

/** Sync and conflicts. */
export function syncHandlers(state: FakeState): HandlersOf<HandledCommands> {
  const emitChip = () => state.emit("sync_chip", chipOf(state));
  return {
    sync_chip: () => chipOf(state),
    sync_page: () => pageOf(state),
    sync_now: () => {
      if (state.options.offline) return refuse("server_unreachable");
      state.running = true;
      emitChip();
      return pageOf(state);
    },
    sync_cancel: () => {
      state.running = false;
      emitChip();
      return pageOf(state);
    },
    sync_retry: () => {
      state.rejected = 0;
      state.pending += 1;
      emitChip();
      return pageOf(state);
    },
    sync_give_up: ({ reason }) => {
      if (reason.trim() === "") return refuse("invalid");
      state.rejected = 0;
      emitChip();
      return pageOf(state);
    },
    conflict: ({ conflict }) => (state.conflicts > 0 ? conflictOf(state, conflict) : refuse("not_available")),
    decide_conflict: () => {
      state.conflicts = 0;
      state.changeSet += 1;
      emitChip();
      return { changeSet: state.changeSet, resources: ["MedicationRequest/md3"], visitStarted: false };
    },
  };
}

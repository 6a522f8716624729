import type { SignInStateDto } from "../bindings";
import { type FakeState, refuse } from "./fake-state";
import type { HandlersOf } from "./handlers";
import { chipOf } from "./sync-data";

type HandledCommands = "sign_in_again" | "sign_in_state" | "sign_in_cancel";

/** Signing in again. The browser returns after the second read of its state, unless there is no network. */
export function signInHandlers(state: FakeState): HandlersOf<HandledCommands> {
  let reads = 0;
  let current: SignInStateDto = { step: "idle" };
  return {
    sign_in_again: () => {
      if (state.options.offline) return refuse("server_unreachable");
      reads = 0;
      current = {
        step: "browser",
        address: "https://login.kisumu-north.example/authorize?client_id=chartkeep&response_type=code&state=77ab",
      };
      return current;
    },
    sign_in_state: () => {
      reads += 1;
      if (current.step === "browser" && reads > 1) {
        current = { step: "done" };
        state.signInEnded = false;
        state.users = state.users.map((user) => ({ ...user, state: "ready" }));
        state.emit("sync_chip", chipOf(state));
      }
      return current;
    },
    sign_in_cancel: () => {
      current = { step: "idle" };
      return current;
    },
  };
}

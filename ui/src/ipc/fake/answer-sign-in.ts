import type { SignInStateDto } from "../bindings";
import type { AnswersOf } from "./answers";
import { type FakeState, refuse } from "./state";
import { chipOf } from "./sync-data";

type Names = "sign_in_again" | "sign_in_state" | "sign_in_cancel";

/** The clinic sign-in again; the browser comes back at the second look, unless there is no network. */
export function answerSignIn(state: FakeState): AnswersOf<Names> {
  let looks = 0;
  let at: SignInStateDto = { step: "idle" };
  return {
    sign_in_again: () => {
      if (state.options.offline) return refuse("server_unreachable");
      looks = 0;
      at = {
        step: "browser",
        address: "https://login.kisumu-north.example/authorize?client_id=chartkeep&response_type=code&state=77ab",
      };
      return at;
    },
    sign_in_state: () => {
      looks += 1;
      if (at.step === "browser" && looks > 1) {
        at = { step: "done" };
        state.signInEnded = false;
        state.users = state.users.map((one) => ({ ...one, state: "ready" }));
        state.emit("sync_chip", chipOf(state));
      }
      return at;
    },
    sign_in_cancel: () => {
      at = { step: "idle" };
      return at;
    },
  };
}

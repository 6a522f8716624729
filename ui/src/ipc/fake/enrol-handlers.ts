import { type FakeState, refuse } from "./fake-state";
import type { HandlersOf } from "./handlers";
import { makeFakeQr } from "./qr";
import { FAKE_CODE, STAFF } from "./staff";

type HandledCommands = "enrol_state" | "enrol_cancel" | "enrol_begin" | "enrol_password" | "enrol_code";

/** Enrolment. The browser step ends after a few reads of its state, as if the user had signed in. */
export function enrolHandlers(state: FakeState): HandlersOf<HandledCommands> {
  let reads = 0;
  return {
    enrol_state: () => {
      if (state.enrol.step === "browser" && !state.options.offline) {
        reads += 1;
        if (reads > 2) state.enrol = { step: "password", name: "Amara Okafor", role: "nurse", minChars: 12 };
      }
      return state.enrol;
    },
    enrol_cancel: () => {
      reads = 0;
      state.enrol = { step: "idle", server: "https://fhir.kisumu-north.example/r4", workstation: null };
      return state.enrol;
    },
    enrol_begin: ({ server }) => {
      if (server?.startsWith("http://"))
        return refuse("invalid", { fields: [{ field: "server", reason: "not_an_address" }] });
      state.enrol = {
        step: "browser",
        address:
          "https://login.kisumu-north.example/authorize?client_id=chartkeep&response_type=code&code_challenge_method=S256&state=1f9a",
      };
      return state.enrol;
    },
    enrol_password: ({ password }) => {
      if (password.length < 12) return refuse("invalid", { fields: [{ field: "password", reason: "too_short" }] });
      state.enrol = {
        step: "code",
        ...makeFakeQr(),
        manualKey: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP",
        label: "Amara Okafor @ Room 3 workstation",
      };
      return state.enrol;
    },
    enrol_code: ({ code }) => {
      if (code !== FAKE_CODE) return refuse("invalid");
      state.users = STAFF.slice(0, 3);
      state.enrol = {
        step: "done",
        user: "a0",
        waitingForGrant: state.options.waitingForGrant ?? false,
        setAside: state.options.setAside ?? [],
      };
      return state.enrol;
    },
  };
}

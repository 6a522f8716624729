import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { CommandName, EventName, Events } from "./commands";
import type { Ipc } from "./ipc";

/** The boundary as the shell serves it. */
export function makeTauriIpc(): Ipc {
  return {
    call: (name: CommandName, ...request: unknown[]) =>
      invoke(name, request.length === 0 ? undefined : { request: request[0] }),
    listen<K extends EventName>(event: K, hear: (payload: Events[K]) => void, begun?: () => void) {
      const stop = listen<Events[K]>(event, (message) => hear(message.payload));
      stop.then(
        () => begun?.(),
        () => undefined,
      );
      return () => {
        stop.then(
          (unlisten) => unlisten(),
          () => undefined,
        );
      };
    },
  };
}

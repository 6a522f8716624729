import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { CommandName, EventName, Events } from "./commands";
import type { Ipc } from "./ipc";

/** The IPC interface of the desktop app. */
export function makeTauriIpc(): Ipc {
  return {
    call: (name: CommandName, ...request: unknown[]) =>
      invoke(name, request.length === 0 ? undefined : { request: request[0] }),
    async readBytes({ handle, picture, offset }) {
      const reply = await fetch(`document://localhost/bytes/${handle}/${picture ?? "all"}/${offset}`);
      if (!reply.ok) throw await reply.json();
      return reply.arrayBuffer();
    },
    listen<K extends EventName>(event: K, handler: (payload: Events[K]) => void, onReady?: () => void) {
      const unlisten = listen<Events[K]>(event, (message) => handler(message.payload));
      unlisten.then(
        () => onReady?.(),
        () => undefined,
      );
      return () => {
        unlisten.then(
          (stop) => stop(),
          () => undefined,
        );
      };
    },
  };
}

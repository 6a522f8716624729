import { createRoot } from "react-dom/client";
import "./theme/base.css";
import { App } from "./app/app.view";
import { makeTauriIpc } from "./ipc/tauri";

const root = document.getElementById("root");

if (root !== null) {
  // Only development and e2e builds contain the fake backend and the gallery.
  if (import.meta.env.MODE !== "production" && !("__TAURI_INTERNALS__" in window)) {
    import("./gallery/start-fake").then(({ startFake }) => startFake(root));
  } else {
    createRoot(root).render(<App ipc={makeTauriIpc()} />);
  }
}

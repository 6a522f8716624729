import { FailureNotice } from "../components/failure-notice.view";
import { asFailure } from "../ipc/failure";
import css from "./app.module.css";

/** Shown when a screen fails to render; never shows the text of the error. */
export function BrokenPage() {
  return (
    <div className={css.failed}>
      <FailureNotice failure={asFailure(null)} />
    </div>
  );
}

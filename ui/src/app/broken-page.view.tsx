import { FailureNotice } from "../components/failure-notice.view";
import { asFailure } from "../ipc/failure";
import css from "./app.module.css";

/** A screen that failed to draw itself; never says what the error said. */
export function BrokenPage() {
  return (
    <div className={css.failed}>
      <FailureNotice failure={asFailure(null)} />
    </div>
  );
}

import { FailureNotice } from "../components/failure-notice.view";
import { useWords } from "../words/words";
import { BrowserWait } from "./browser-wait.view";
import css from "./enrol.module.css";
import { StepHead } from "./step-head.view";
import type { StepProps } from "./step-props";

/** Waits for the clinic sign-in in the browser. */
export function BrowserStep({ state, failure, onCancel }: StepProps<"browser">) {
  const say = useWords();
  return (
    <div className={css.manual}>
      <StepHead title={say("enrol.browser.title")} lead={say("enrol.browser.lead")} />
      {failure === null ? null : <FailureNotice failure={failure} />}
      <BrowserWait address={state.address} onCancel={onCancel} />
    </div>
  );
}

import { useState } from "react";
import { Button } from "../parts/button.view";
import { FailureNotice } from "../parts/failure-notice.view";
import { useWords } from "../words/words";
import css from "./enrol.module.css";
import type { StepProps } from "./enrol.view";
import { StepHead } from "./step-head.view";

/** Waits for the clinic sign-in in the browser. */
export function BrowserStep({ state, failure, onCancel }: StepProps<"browser">) {
  const say = useWords();
  const [copied, setCopied] = useState(false);
  return (
    <div className={css.manual}>
      <StepHead title={say("enrol.browser.title")} lead={say("enrol.browser.lead")} />
      <div className={css.track} role="progressbar" aria-label={say("enrol.browser.waiting")}>
        <div className={css.run} />
      </div>
      <p className={css.small}>{say("enrol.browser.address")}</p>
      <p className={css.address}>{state.address}</p>
      {failure === null ? null : <FailureNotice failure={failure} />}
      <div className={css.foot}>
        <Button onPress={onCancel}>{say("dialog.cancel")}</Button>
        <Button
          onPress={() => {
            navigator.clipboard?.writeText(state.address).then(
              () => setCopied(true),
              () => setCopied(false),
            );
          }}
        >
          {say(copied ? "enrol.browser.copied" : "enrol.browser.copy")}
        </Button>
      </div>
    </div>
  );
}

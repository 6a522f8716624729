import { useState } from "react";
import { Button } from "../components/button.view";
import { useWords } from "../words/words";
import css from "./enrol.module.css";

/** Waiting for the browser: a progress bar, and the address to open manually. */
export function BrowserWait({ address, onCancel }: { address: string; onCancel: () => void }) {
  const say = useWords();
  const [copied, setCopied] = useState(false);
  return (
    <>
      <div className={css.track} role="progressbar" aria-label={say("enrol.browser.waiting")}>
        <div className={css.run} />
      </div>
      <p className={css.small}>{say("enrol.browser.address")}</p>
      <p className={css.address}>{address}</p>
      <div className={css.foot}>
        <Button onPress={onCancel}>{say("dialog.cancel")}</Button>
        <Button
          onPress={() => {
            navigator.clipboard?.writeText(address).then(
              () => setCopied(true),
              () => setCopied(false),
            );
          }}
        >
          {say(copied ? "enrol.browser.copied" : "enrol.browser.copy")}
        </Button>
      </div>
    </>
  );
}

import { useState } from "react";
import { Button } from "../components/button.view";
import { CodeBoxes } from "../components/code-boxes.view";
import { DateAndTime } from "../components/date-and-time.view";
import { FailureNotice } from "../components/failure-notice.view";
import { Notice } from "../components/notice.view";
import { useIpc } from "../ipc/ipc-context";
import { makeLocalStamp, splitLocalStamp } from "../words/dates";
import { useWords } from "../words/words";
import css from "./enrol.module.css";
import { StepHead } from "./step-head.view";
import type { StepProps } from "./step-props";

/** The key for the authenticator app as a picture and for typing, proved by a first code. */
export function CodeStep({ state, run, busy, failure, onCancel }: StepProps<"code">) {
  const say = useWords();
  const ipc = useIpc();
  const [code, setCode] = useState("");
  // A right code is refused where the two clocks differ by more than ten minutes: then the phone's time decides.
  const [phone, setPhone] = useState({ date: splitLocalStamp(new Date()).date, time: "" });
  return (
    <form
      className={css.manual}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const phoneTime = makeLocalStamp(phone.date.trim(), phone.time.trim());
        if (code.length === 6) run(() => ipc.call("enrol_code", { code, phoneTime }));
        setCode("");
      }}
    >
      <StepHead title={say("enrol.code.title")} lead={say("enrol.code.lead")} />
      <div className={css.qrLine}>
        <svg className={css.qr} viewBox={`0 0 ${state.qrSize} ${state.qrSize}`} role="img" aria-label={say("enrol.qr")}>
          <path d={state.qrPath} shapeRendering="crispEdges" />
        </svg>
        <div className={css.manual}>
          <div>
            <p className={css.small}>{say("enrol.manual")}</p>
            <p className={css.key}>{state.manualKey}</p>
          </div>
          <div>
            <p className={css.small}>{say("enrol.label")}</p>
            <p>{state.label}</p>
          </div>
          <CodeBoxes label={say("enrol.code")} value={code} onChange={setCode} />
          {failure === null ? null : failure.code === "invalid" ? (
            <Notice tone="critical" role="alert" title={say("enrol.code.wrong")}>
              {say("enrol.code.wrong.next")}
            </Notice>
          ) : (
            <FailureNotice failure={failure} />
          )}
          {failure === null ? null : (
            <>
              <p className={css.small}>{say("enrol.phone.lead")}</p>
              <DateAndTime value={phone} onChange={setPhone} />
            </>
          )}
        </div>
      </div>
      <div className={css.foot}>
        <Button onPress={onCancel}>{say("dialog.cancel")}</Button>
        <Button type="submit" look="primary" isDisabled={busy || code.length < 6}>
          {say("enrol.code.check")}
        </Button>
      </div>
    </form>
  );
}

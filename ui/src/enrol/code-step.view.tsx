import { useState } from "react";
import { Button } from "../components/button.view";
import { CodeInput } from "../components/code-input.view";
import { DateAndTime } from "../components/date-and-time.view";
import { FailureNotice } from "../components/failure-notice.view";
import { Notice } from "../components/notice.view";
import { useIpc } from "../ipc/ipc-context";
import { splitLocalDateTime, toLocalDateTime } from "../words/dates";
import { useWords } from "../words/words";
import css from "./enrol.module.css";
import { StepHead } from "./step-head.view";
import type { StepProps } from "./step-props";

/** The authenticator key, as a QR code and as text, confirmed by a first code. */
export function CodeStep({ state, run, busy, failure, onCancel }: StepProps<"code">) {
  const say = useWords();
  const ipc = useIpc();
  const [code, setCode] = useState("");
  // A correct code is refused if the two clocks differ by more than ten minutes; the phone's time then decides.
  const [phone, setPhone] = useState({ date: splitLocalDateTime(new Date()).date, time: "" });
  return (
    <form
      className={css.manual}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const phoneTime = toLocalDateTime(phone.date.trim(), phone.time.trim());
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
          <CodeInput label={say("enrol.code")} value={code} onChange={setCode} />
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
        <Button type="submit" variant="primary" isDisabled={busy || code.length < 6}>
          {say("enrol.code.check")}
        </Button>
      </div>
    </form>
  );
}

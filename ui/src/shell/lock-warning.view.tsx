import { useEffect, useState } from "react";
import { Button } from "../components/button.view";
import { Dialog, DialogFoot } from "../components/dialog.view";
import { useIpc } from "../ipc/ipc-context";
import { useCountdown } from "../words/device-time";
import { useWords } from "../words/words";

/** The countdown before an inactivity lock; any input dismisses it. */
export function LockWarning() {
  const say = useWords();
  const ipc = useIpc();
  const [seconds, setSeconds] = useState(0);
  const left = useCountdown(seconds, seconds);
  useEffect(() => ipc.listen("lock_warning", (warning) => setSeconds(warning.seconds)), [ipc]);
  useEffect(() => {
    if (seconds === 0) return;
    const stay = () => {
      setSeconds(0);
      ipc.call("touch").catch(() => undefined);
    };
    const events = ["keydown", "pointerdown", "pointermove", "wheel"] as const;
    for (const event of events) window.addEventListener(event, stay, { capture: true });
    return () => {
      for (const event of events) window.removeEventListener(event, stay, { capture: true });
    };
  }, [seconds, ipc]);
  return (
    <Dialog
      open={seconds > 0}
      onClose={() => setSeconds(0)}
      title={say("warning.title", { seconds: left })}
      role="alertdialog"
    >
      <p>{say("warning.text")}</p>
      <DialogFoot>
        <Button variant="primary" onPress={() => setSeconds(0)} autoFocus>
          {say("warning.stay")}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

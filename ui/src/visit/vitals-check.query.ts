import { useEffect, useState } from "react";
import type { VitalsCheckDto, VitalsDto } from "../ipc/bindings";
import { useIpc } from "../ipc/ipc-context";

const NOTHING: VitalsCheckDto = { findings: [], news2: null, news2Risk: "", news2Missing: [], bmi: "" };

/** What the values mean so far, asked a moment after the last key. */
export function useVitalsCheck(vitals: VitalsDto, asked: boolean): VitalsCheckDto {
  const ipc = useIpc();
  const [check, setCheck] = useState(NOTHING);
  const told = JSON.stringify({ ...vitals, draft: null, confirmed: false });
  useEffect(() => {
    if (!asked) {
      setCheck(NOTHING);
      return;
    }
    let late = false;
    const timer = setTimeout(() => {
      ipc.call("check_vitals", JSON.parse(told) as VitalsDto).then(
        (answer) => {
          if (!late) setCheck(answer);
        },
        () => undefined,
      );
    }, 200);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [ipc, told, asked]);
  return check;
}

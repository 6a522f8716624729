import { useEffect, useState } from "react";
import type { VitalsCheckDto, VitalsDto } from "../ipc/bindings";
import { useIpc } from "../ipc/ipc-context";

const EMPTY: VitalsCheckDto = {
  findings: [],
  news2: null,
  news2Risk: null,
  news2Parts: [],
  news2Response: null,
  news2Missing: [],
  news2Unavailable: null,
  bmi: null,
};

/** The clinical check of the values, requested shortly after the last key press. */
export function useVitalsCheck(vitals: VitalsDto, enabled: boolean): VitalsCheckDto {
  const ipc = useIpc();
  const [check, setCheck] = useState(EMPTY);
  const serialized = JSON.stringify({ ...vitals, draft: null, confirmed: false });
  useEffect(() => {
    if (!enabled) {
      setCheck(EMPTY);
      return;
    }
    let cancelled = false;
    const timer = setTimeout(() => {
      ipc.call("check_vitals", JSON.parse(serialized) as VitalsDto).then(
        (reply) => {
          if (!cancelled) setCheck(reply);
        },
        () => undefined,
      );
    }, 200);
    return () => {
      cancelled = true;
      clearTimeout(timer);
    };
  }, [ipc, serialized, enabled]);
  return check;
}

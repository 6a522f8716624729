import { useQueryClient } from "@tanstack/react-query";
import { Button } from "../components/button.view";
import { sayName } from "../components/patient-cell.view";
import type { WorkRowDto } from "../ipc/bindings";
import { useIpcMutation } from "../ipc/ipc.query";
import { messageFor, useWords } from "../words/words";
import css from "./worklist.module.css";

/** Checks a booked patient in, or undoes the check-in. */
export function CheckIn({ row }: { row: WorkRowDto }) {
  const say = useWords();
  const cache = useQueryClient();
  const checkIn = useIpcMutation("check_in");
  const hasArrived = row.status === "arrived" || row.status === "checked-in";
  const { appointment } = row;
  if (appointment === null || (!hasArrived && row.status !== "booked")) return null;
  const name = sayName(say, row.patient);
  if (checkIn.error !== null) {
    return (
      <span role="alert">{say(messageFor("failure", `${checkIn.error.code}.title`, "failure.internal.title"))}</span>
    );
  }
  return (
    <span className={css.action}>
      <Button
        variant={hasArrived ? "quiet" : "plain"}
        isDisabled={checkIn.isPending}
        aria-label={say(hasArrived ? "checkin.undo.name" : "checkin.do.name", { name })}
        onPress={() =>
          checkIn.mutate(
            { appointment, arrived: !hasArrived },
            { onSuccess: () => cache.invalidateQueries({ queryKey: ["worklist"] }) },
          )
        }
      >
        {say(hasArrived ? "checkin.undo" : "checkin.do")}
      </Button>
    </span>
  );
}

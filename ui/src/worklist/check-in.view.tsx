import { useQueryClient } from "@tanstack/react-query";
import { Button } from "../components/button.view";
import type { WorkRowDto } from "../ipc/bindings";
import { useAct } from "../ipc/reply.query";
import { messageFor, useWords } from "../words/words";
import css from "./worklist.module.css";

/** Checks a booked person in, or takes it back. */
export function CheckIn({ row }: { row: WorkRowDto }) {
  const say = useWords();
  const cache = useQueryClient();
  const act = useAct("check_in");
  const here = row.status === "arrived" || row.status === "checked-in";
  if (row.appointment === "" || (!here && row.status !== "booked")) return null;
  const name = `${row.patient.family}, ${row.patient.given}`;
  if (act.error !== null) {
    return <span role="alert">{say(messageFor("failure", `${act.error.code}.title`, "failure.internal.title"))}</span>;
  }
  return (
    <span className={css.act}>
      <Button
        look={here ? "quiet" : "plain"}
        isDisabled={act.isPending}
        aria-label={say(here ? "checkin.undo.name" : "checkin.do.name", { name })}
        onPress={() =>
          act.mutate(
            { appointment: row.appointment, arrived: !here },
            { onSuccess: () => cache.invalidateQueries({ queryKey: ["worklist"] }) },
          )
        }
      >
        {say(here ? "checkin.undo" : "checkin.do")}
      </Button>
    </span>
  );
}

import { useState } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import { Button } from "../components/button.view";
import type { ConflictDto, Side } from "../ipc/bindings";
import { formatDateTime } from "../words/dates";
import { sayRecordTitle } from "../words/record-title";
import { useWords } from "../words/words";
import css from "./conflict.module.css";
import { sayParts } from "./conflict-words";

const SIDES: readonly Side[] = ["ours", "theirs"];

interface Props {
  conflict: ConflictDto;
  busy: boolean;
  onLater: () => void;
  onDecide: (side: Side) => void;
}

/** A record that was changed here and deleted on the server: the user keeps it or accepts the deletion. */
export function ConflictDeleted({ conflict, busy, onLater, onDecide }: Props) {
  const say = useWords();
  // INVARIANT: nothing is preselected.
  const [side, setSide] = useState<Side | null>(null);
  const ours = sayParts(say, conflict.fields[0]?.ours ?? []);
  const who = [conflict.oursWho ?? "", formatDateTime(conflict.oursWhen)].filter((part) => part !== "").join(" · ");
  return (
    <div className={css.card}>
      <RadioGroup
        className={css.two ?? ""}
        aria-label={say("conflict.deleted.title", { title: sayRecordTitle(say, conflict.title) })}
        value={side}
        onChange={(value) => setSide(value === "ours" ? "ours" : "theirs")}
      >
        {SIDES.map((option) => (
          <Radio key={option} value={option} className={css.option ?? ""}>
            <span className={`${css.mark} ${css.alignTop}`} aria-hidden="true" />
            <span>
              <span className={css.head}>{say(`conflict.deleted.${option}`)}</span>
              <span className={css.small}>
                {option === "ours" ? say("conflict.ours") : say("conflict.theirs")}
                {option === "ours" && who !== "" ? ` · ${who}` : ""}
              </span>
              <span className={css.value}>{option === "ours" ? ours : say("conflict.deleted.value")}</span>
              <span className={css.small}>{say(`conflict.deleted.${option}.next`)}</span>
            </span>
          </Radio>
        ))}
      </RadioGroup>
      <div className={css.foot}>
        <span className={css.count} role="status">
          {say("conflict.decided", { decided: side === null ? 0 : 1, open: 1 })}
        </span>
        <Button onPress={onLater}>{say("conflict.later")}</Button>
        <Button variant="primary" isDisabled={side === null || busy} onPress={() => side !== null && onDecide(side)}>
          {say("conflict.deleted.keep")}
        </Button>
      </div>
    </div>
  );
}

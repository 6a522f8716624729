import { Button } from "../parts/button.view";
import { Notice } from "../parts/notice.view";
import { useWords } from "../words/words";
import css from "./enrol.module.css";
import { StepHead } from "./step-head.view";

/** Enrolled; the lock screen is next. */
export function DoneStep({ waiting, onLeave }: { waiting: boolean; onLeave: () => void }) {
  const say = useWords();
  return (
    <div className={css.manual}>
      <StepHead title={say("enrol.done.title")} lead={say("enrol.done.lead")} />
      {waiting ? (
        <Notice tone="info" title={say("waiting.title")}>
          {say("enrol.done.waiting")}
        </Notice>
      ) : (
        <Notice tone="ok" title={say("enrol.done.ready")}>
          {say("enrol.done.ready.next")}
        </Notice>
      )}
      <div className={css.foot}>
        <span />
        <Button look="primary" onPress={onLeave} autoFocus>
          {say("enrol.done.go")}
        </Button>
      </div>
    </div>
  );
}

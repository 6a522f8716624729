import { Button } from "../components/button.view";
import { Notice } from "../components/notice.view";
import { useWords } from "../words/words";
import css from "./enrol.module.css";
import { StepHead } from "./step-head.view";

interface Props {
  waiting: boolean;
  /** The new names of the files of a damaged slot and its drafts. */
  setAside: string[];
  onLeave: () => void;
}

/** The user is enrolled; continues to the lock screen. */
export function DoneStep({ waiting, setAside, onLeave }: Props) {
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
      {setAside.length === 0 ? null : (
        <Notice tone="warn" title={say("enrol.done.aside.title")}>
          {say("enrol.done.aside.next")}
          <ul>
            {setAside.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </Notice>
      )}
      <div className={css.foot}>
        <span />
        <Button variant="primary" onPress={onLeave} autoFocus>
          {say("enrol.done.go")}
        </Button>
      </div>
    </div>
  );
}

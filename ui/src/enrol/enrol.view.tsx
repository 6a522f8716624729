import { Button } from "../parts/button.view";
import { useWords } from "../words/words";

/** Enrolment. */
export function Enrol({ onLeave }: { demo: boolean; onLeave: () => void }) {
  const say = useWords();
  return <Button onPress={onLeave}>{say("lock.retry")}</Button>;
}

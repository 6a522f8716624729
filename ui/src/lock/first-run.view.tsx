import { Button } from "../components/button.view";
import { useWords } from "../words/words";
import css from "./first-run.module.css";

const STEPS = [
  ["first.1.title", "first.1"],
  ["first.2.title", "first.2"],
  ["first.3.title", "first.3"],
] as const;

/** The lock screen before anyone is enrolled: explains enrolment and starts it. */
export function FirstRun({ onEnrol }: { onEnrol: () => void }) {
  const say = useWords();
  return (
    <section className={css.card} aria-labelledby="first-run">
      <div>
        <h2 id="first-run" className={css.title}>
          {say("first.title")}
        </h2>
        <p className={css.lead}>{say("first.lead")}</p>
      </div>
      <ol className={css.steps}>
        {STEPS.map(([title, text], index) => (
          <li key={title}>
            <div className={css.number} aria-hidden="true">
              {index + 1}
            </div>
            <h3>{say(title)}</h3>
            <p>{say(text)}</p>
          </li>
        ))}
      </ol>
      <div className={css.foot}>
        <Button variant="primary" className={css.button ?? ""} onPress={onEnrol} autoFocus>
          {say("first.enrol")}
        </Button>
        <span className={css.needs}>{say("first.needs")}</span>
      </div>
    </section>
  );
}

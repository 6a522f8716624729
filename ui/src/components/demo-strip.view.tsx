import { useWords } from "../words/words";
import css from "./demo-strip.module.css";

/** Shown on every screen of a demo profile; cannot be turned off. */
export function DemoStrip() {
  const say = useWords();
  return (
    <aside aria-label={say("demo.strip")} className={css.strip}>
      {say("demo.strip")}
    </aside>
  );
}

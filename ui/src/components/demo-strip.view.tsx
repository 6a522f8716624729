import { useWords } from "../words/words";
import css from "./demo-strip.module.css";

/** Stands on every screen of a demo profile and cannot be switched off. */
export function DemoStrip() {
  const say = useWords();
  return (
    <aside aria-label={say("demo.strip")} className={css.strip}>
      {say("demo.strip")}
    </aside>
  );
}

import { useTextSize } from "../theme/text-size";
import { useWords } from "../words/words";
import css from "./app.module.css";

/** Says the size of text for a moment after it was changed. */
export function TextSizeStatus() {
  const say = useWords();
  const { shown } = useTextSize();
  return (
    <div role="status" className={css.textSize}>
      {shown === null ? null : <span>{say("text_size.now", { percent: shown })}</span>}
    </div>
  );
}

import { Button } from "../components/button.view";
import type { DateTimeInput } from "../components/date-and-time.view";
import { TextField } from "../components/field.view";
import { splitLocalDateTime } from "../words/dates";
import { useWords } from "../words/words";
import css from "./form.module.css";

interface Props {
  /** Null means now. */
  taken: DateTimeInput | null;
  wrong: boolean;
  onChange: (taken: DateTimeInput | null) => void;
}

/** When the values were measured: now, unless the user changes it. */
export function TakenFields({ taken, wrong, onChange }: Props) {
  const say = useWords();
  if (taken === null) {
    return (
      <p className={css.small}>
        {say("taken.now")} ·{" "}
        <Button variant="link" onPress={() => onChange(splitLocalDateTime(new Date()))}>
          {say("taken.change")}
        </Button>
      </p>
    );
  }
  return (
    <fieldset className={css.taken}>
      <div className={css.time}>
        <TextField
          label={say("taken.date")}
          hint={say("form.date.hint")}
          error={wrong ? say("taken.wrong") : undefined}
          inputMode="numeric"
          data-field="taken-date"
          value={taken.date}
          onChange={(event) => onChange({ ...taken, date: event.target.value })}
        />
        <TextField
          label={say("taken.time")}
          hint={say("form.time.hint")}
          inputMode="numeric"
          data-field="taken-time"
          value={taken.time}
          onChange={(event) => onChange({ ...taken, time: event.target.value })}
        />
      </div>
      <Button variant="link" onPress={() => onChange(null)}>
        {say("taken.reset")}
      </Button>
    </fieldset>
  );
}

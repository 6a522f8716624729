import { Button } from "../components/button.view";
import { TextField } from "../components/field.view";
import { offsetOf, splitLocalDateTime } from "../words/dates";
import { useWords } from "../words/words";
import css from "./form.module.css";
import type { TakenTime } from "./taken-time";

/** When the values were measured: now, unless the user changes it. */
export function TakenFields({ taken }: { taken: TakenTime }) {
  const say = useWords();
  const { input, reading, at, onChange, onChoose } = taken;
  if (input === null) {
    return (
      <p className={css.small}>
        {say("taken.now")} ·{" "}
        <Button variant="link" onPress={() => onChange(splitLocalDateTime(new Date()))}>
          {say("taken.change")}
        </Button>
      </p>
    );
  }
  const errors = { invalid: say("taken.wrong"), skipped: say("taken.skipped"), once: undefined, twice: undefined };
  return (
    <fieldset className={css.taken}>
      <div className={css.time}>
        <TextField
          label={say("taken.date")}
          hint={say("form.date.hint")}
          error={errors[reading.kind]}
          inputMode="numeric"
          data-field="taken-date"
          value={input.date}
          onChange={(event) => onChange({ ...input, date: event.target.value })}
        />
        <TextField
          label={say("taken.time")}
          hint={say("form.time.hint")}
          inputMode="numeric"
          data-field="taken-time"
          value={input.time}
          onChange={(event) => onChange({ ...input, time: event.target.value })}
        />
      </div>
      {reading.kind === "twice" ? (
        <div role="radiogroup" aria-label={say("taken.twice")}>
          <p role={at === null ? "alert" : undefined} className={css.small}>
            {say("taken.twice")}
          </p>
          {(["first", "second"] as const).map((which) => (
            <label key={which} className={css.check}>
              <input
                type="radio"
                name="taken-twice"
                data-field={`taken-${which}`}
                checked={at === reading[which]}
                onChange={() => onChoose(reading[which])}
              />
              {say(`taken.${which}`, { time: input.time, offset: offsetOf(reading[which]) })}
            </label>
          ))}
        </div>
      ) : null}
      <Button variant="link" onPress={() => onChange(null)}>
        {say("taken.reset")}
      </Button>
    </fieldset>
  );
}

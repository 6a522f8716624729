import { useWords } from "../words/words";
import { TextField } from "./field.view";

export interface DateAndTimeTyped {
  date: string;
  time: string;
}

/** What the phone shows, typed: its date and its time. */
export function DateAndTime({
  value,
  onChange,
}: {
  value: DateAndTimeTyped;
  onChange: (to: DateAndTimeTyped) => void;
}) {
  const say = useWords();
  return (
    <>
      <TextField
        label={say("lock.clock.date")}
        inputMode="numeric"
        hint={say("form.date.hint")}
        value={value.date}
        onChange={(event) => onChange({ ...value, date: event.target.value })}
      />
      <TextField
        label={say("lock.clock.time")}
        inputMode="numeric"
        hint={say("form.time.hint")}
        value={value.time}
        onChange={(event) => onChange({ ...value, time: event.target.value })}
      />
    </>
  );
}

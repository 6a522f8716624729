import { useWords } from "../words/words";
import { TextField } from "./field.view";

/** Date and time as typed. */
export interface DateTimeInput {
  date: string;
  time: string;
}

/** Fields for the date and time shown on the phone. */
export function DateAndTime({ value, onChange }: { value: DateTimeInput; onChange: (value: DateTimeInput) => void }) {
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

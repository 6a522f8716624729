import { TextField } from "../components/field.view";
import { useWords } from "../words/words";

interface Props {
  value: string;
  onChange: (value: string) => void;
}

/** After a failed attempt: both factors may have been right and the clocks differ. Left empty, this computer's time counts. */
export function PhoneTime({ value, onChange }: Props) {
  const say = useWords();
  return (
    <TextField
      label={say("lock.clock.time")}
      hint={say("lock.phone.hint")}
      inputMode="numeric"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

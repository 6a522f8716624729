import { TextField } from "../components/field.view";
import { useWords } from "../words/words";

interface Props {
  value: string;
  onChange: (value: string) => void;
}

/** Asked after a failed attempt, in case the clocks differ. If left empty, the time of this computer is used. */
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

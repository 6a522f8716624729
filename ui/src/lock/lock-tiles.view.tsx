import { Plus } from "lucide-react";
import { Button as AriaButton, Radio, RadioGroup } from "react-aria-components";
import { Chip } from "../components/chip.view";
import { Face } from "../components/face.view";
import type { LockUserDto } from "../ipc/bindings";
import { type MessageId, useWords } from "../words/words";
import css from "./lock-screen.module.css";

interface Props {
  users: LockUserDto[];
  chosen: string;
  onChoose: (user: string) => void;
  onSomeoneElse: () => void;
  disabled: boolean;
}

/** One tile a person: display name and role, never a patient. */
export function LockTiles({ users, chosen, onChoose, onSomeoneElse, disabled }: Props) {
  const say = useWords();
  return (
    <div className={`${css.tiles} ${users.length > 7 ? css.many : ""}`}>
      <RadioGroup
        className={css.radios ?? ""}
        aria-label={say("lock.people")}
        value={chosen}
        onChange={onChoose}
        isDisabled={disabled}
        orientation="horizontal"
      >
        {users.map((user) => (
          <Radio key={user.user} value={user.user} className={css.tile ?? ""}>
            <Face initials={user.initials} />
            <span className={css.name}>{user.name}</span>
            <span className={css.role}>{say(`role.${user.role}`)}</span>
            {user.state !== "ready" ? (
              <Chip tone="warn">{say(`lock.state.${user.state}` satisfies MessageId)}</Chip>
            ) : user.resume ? (
              <Chip tone="grey">{say("lock.state.resume")}</Chip>
            ) : null}
          </Radio>
        ))}
      </RadioGroup>
      <AriaButton className={css.tile ?? ""} onPress={onSomeoneElse} isDisabled={disabled}>
        <span aria-hidden="true">
          <SomeoneFace />
        </span>
        <span className={css.name}>{say("lock.someone")}</span>
        <span className={css.role}>{say("lock.someone.how")}</span>
      </AriaButton>
    </div>
  );
}

function SomeoneFace() {
  return (
    <span className={css.someone}>
      <Plus size={18} />
    </span>
  );
}

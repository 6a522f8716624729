import { Plus } from "lucide-react";
import { Button as AriaButton, Radio, RadioGroup } from "react-aria-components";
import { Avatar } from "../components/avatar.view";
import { Chip } from "../components/chip.view";
import type { LockUserDto } from "../ipc/bindings";
import { type MessageId, useWords } from "../words/words";
import css from "./lock-screen.module.css";

interface Props {
  users: LockUserDto[];
  chosen: string;
  onChoose: (user: string) => void;
  onSomeoneElse: () => void;
}

/** One tile per user, with display name and role; never a patient. */
export function LockTiles({ users, chosen, onChoose, onSomeoneElse }: Props) {
  const say = useWords();
  return (
    <div className={`${css.tiles} ${users.length > 7 ? css.many : ""}`}>
      <RadioGroup
        className={css.radios ?? ""}
        aria-label={say("lock.people")}
        value={chosen}
        onChange={onChoose}
        orientation="horizontal"
      >
        {users.map((user) => (
          <Radio key={user.user} value={user.user} className={css.tile ?? ""}>
            <Avatar initials={user.initials} />
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
      <AriaButton className={css.tile ?? ""} onPress={onSomeoneElse}>
        <span aria-hidden="true">
          <span className={css.someone}>
            <Plus size={18} />
          </span>
        </span>
        <span className={css.name}>{say("lock.someone")}</span>
        <span className={css.role}>{say("lock.someone.how")}</span>
      </AriaButton>
    </div>
  );
}

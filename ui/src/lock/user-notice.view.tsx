import { Button } from "../components/button.view";
import { Notice } from "../components/notice.view";
import type { LockUserDto } from "../ipc/bindings";
import { type MessageId, useWords } from "../words/words";

const MESSAGES: Record<string, [MessageId, MessageId]> = {
  held: ["lock.held.title", "lock.held.next"],
  damaged: ["lock.damaged.title", "lock.damaged.next"],
};

/** The state of the user's slot, if it is not ready. */
export function UserNotice({ user, onSignIn }: { user: LockUserDto; onSignIn: () => void }) {
  const say = useWords();
  const message = MESSAGES[user.state];
  if (message === undefined) return null;
  return (
    <Notice
      tone={user.state === "damaged" ? "critical" : "warn"}
      role="status"
      title={say(message[0], { name: user.name })}
    >
      {say(message[1])}
      <div>
        <Button variant="link" onPress={onSignIn}>
          {say("lock.signin")}
        </Button>
      </div>
    </Notice>
  );
}

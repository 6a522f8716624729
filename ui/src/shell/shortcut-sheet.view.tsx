import { Button } from "../components/button.view";
import { Dialog, DialogFoot } from "../components/dialog.view";
import { useSession } from "../session/session-context";
import { type MessageId, useWords } from "../words/words";
import css from "./shortcut-sheet.module.css";

const KEYS: readonly [string, MessageId][] = [
  ["Ctrl K", "keys.palette"],
  ["/", "keys.find"],
  ["Ctrl L", "keys.lock"],
  ["?", "keys.sheet"],
  ["N", "keys.next"],
  ["V", "keys.vitals"],
  ["W", "keys.note"],
  ["Ctrl ↵", "keys.save"],
  ["Esc", "keys.close"],
  ["↑ ↓", "keys.rows"],
  ["← →", "keys.tabs"],
  ["↵", "keys.open"],
  ["Ctrl +", "text_size.larger"],
  ["Ctrl −", "text_size.smaller"],
  ["Ctrl 0", "text_size.normal"],
];

/** The list of all keyboard shortcuts. */
export function ShortcutSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const say = useWords();
  const { singleKeys, setSingleKeys } = useSession();
  return (
    <Dialog open={open} onClose={onClose} title={say("keys.title")} wide>
      <dl className={css.sheet}>
        {KEYS.map(([keys, message]) => (
          <div key={keys} className={css.line}>
            <dt>{say(message)}</dt>
            <dd>
              <kbd>{keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      <label className={css.single}>
        <input type="checkbox" checked={singleKeys} onChange={(event) => setSingleKeys(event.target.checked)} />
        {say("keys.single")}
      </label>
      <DialogFoot>
        <Button onPress={onClose} autoFocus>
          {say("dialog.close")}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

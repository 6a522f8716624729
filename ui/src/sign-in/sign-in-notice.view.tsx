import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../components/button.view";
import { Dialog } from "../components/dialog.view";
import { Notice } from "../components/notice.view";
import { useReply } from "../ipc/reply.query";
import { useWords } from "../words/words";
import { SignIn } from "./sign-in.view";

/** Says that the server no longer takes this person's sign-in, and offers the way back. */
export function SignInNotice() {
  const say = useWords();
  const cache = useQueryClient();
  const [open, setOpen] = useState(false);
  const chip = useReply("sync_chip").data;
  const close = () => {
    setOpen(false);
    for (const name of ["sync_chip", "sync_page"]) cache.invalidateQueries({ queryKey: [name] });
  };
  if (chip?.state !== "sign_in" && !open) return null;
  return (
    <>
      <Notice
        tone="warn"
        role="status"
        title={say("signin.ended.title")}
        act={
          <Button look="link" onPress={() => setOpen(true)}>
            {say("signin.again")}
          </Button>
        }
      >
        {say("signin.ended.next")}
      </Notice>
      <Dialog open={open} onClose={close} title={say("signin.title")}>
        <SignIn user="" done={say("signin.done.open")} onDone={close} onCancel={close} />
      </Dialog>
    </>
  );
}

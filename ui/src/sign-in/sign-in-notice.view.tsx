import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../components/button.view";
import { Dialog } from "../components/dialog.view";
import { Notice } from "../components/notice.view";
import { useIpcQuery } from "../ipc/ipc.query";
import { useWords } from "../words/words";
import { SignIn } from "./sign-in.view";

/** Shown when the server no longer accepts the user's sign-in; offers to sign in again. */
export function SignInNotice() {
  const say = useWords();
  const cache = useQueryClient();
  const [open, setOpen] = useState(false);
  const chip = useIpcQuery("sync_chip").data;
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
        action={
          <Button variant="link" onPress={() => setOpen(true)}>
            {say("signin.again")}
          </Button>
        }
      >
        {say("signin.ended.next")}
      </Notice>
      <Dialog open={open} onClose={close} title={say("signin.title")}>
        <SignIn user={null} doneText={say("signin.done.open")} onDone={close} onCancel={close} />
      </Dialog>
    </>
  );
}

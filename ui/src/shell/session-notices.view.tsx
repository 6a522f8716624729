import { useEffect, useState } from "react";
import { Button } from "../components/button.view";
import { Notice } from "../components/notice.view";
import type { NoticeDto } from "../ipc/bindings";
import { useIpc } from "../ipc/ipc-context";
import { useSession } from "../session/session-context";
import { SignInNotice } from "../sign-in/sign-in-notice.view";
import { type Say, useWords } from "../words/words";
import css from "./shell.module.css";

function sayTitle(say: Say, notice: NoticeDto): string {
  switch (notice.kind) {
    case "granted":
      return say("notice.granted", {
        name: notice.name,
        role: say(`role.${notice.role}`),
        segment: say(`segment.${notice.segment}`),
      });
    case "grant_received":
      return say("notice.grant_received", { name: notice.name });
    case "segment":
      return say(`notice.segment.${notice.health}`, { segment: say(`part.${notice.segment}`) });
    case "unsent_carried_over":
      return say("notice.unsent", { segment: say(`part.${notice.segment}`) });
    case "personal_replaced":
      return say(notice.kept === null ? "notice.personal_lost" : "notice.personal_replaced");
    case "personal_unavailable":
      return say("notice.personal_unavailable");
  }
}

/** What it means for the user, and what to do. */
function sayNextStep(say: Say, notice: NoticeDto): string | null {
  switch (notice.kind) {
    case "segment": {
      const keptFile = notice.kept === null ? "" : ` ${say("notice.saved_as", { file: notice.kept })}`;
      if (notice.health === "whole") return keptFile === "" ? null : keptFile.trim();
      return say(`notice.segment.${notice.health}.next`) + keptFile;
    }
    case "unsent_carried_over":
      return [
        say("notice.unsent.verified", { count: notice.verified }),
        notice.unverified > 0 ? say("notice.unsent.unverified", { count: notice.unverified }) : "",
        notice.lost > 0 || notice.incomplete ? say("notice.unsent.lost") : "",
      ]
        .filter((text) => text !== "")
        .join(" ");
    case "personal_replaced":
      return notice.kept === null
        ? say("notice.personal_lost.next")
        : say("notice.personal_replaced.next", { file: notice.kept });
    case "personal_unavailable":
      return say("notice.personal_unavailable.next");
    default:
      return null;
  }
}

const isResolved = (notice: NoticeDto) => notice.kind === "segment" && notice.health === "whole";
const isCritical = (notice: NoticeDto) => sayNextStep(() => "", notice) !== null && !isResolved(notice);

/** Adds a notice; it replaces the earlier one about the same part of the records. */
function addNotice(notices: readonly NoticeDto[], added: NoticeDto): NoticeDto[] {
  const isReplaced = (notice: NoticeDto) =>
    notice.kind === "segment" && added.kind === "segment" && notice.segment === added.segment;
  return [...notices.filter((notice) => !isReplaced(notice)), added];
}

/** Notices from this unlock and since, until the user dismisses them. */
export function SessionNotices() {
  const say = useWords();
  const { session, may } = useSession();
  const ipc = useIpc();
  const [shown, setShown] = useState(session.notices);
  useEffect(() => ipc.listen("notice", (notice) => setShown((notices) => addNotice(notices, notice))), [ipc]);
  return (
    <div className={css.notices}>
      {may("run_sync") ? <SignInNotice /> : null}
      {shown.map((notice) => (
        <Notice
          key={JSON.stringify(notice)}
          tone={isCritical(notice) ? "critical" : "info"}
          title={sayTitle(say, notice)}
          action={
            <Button variant="link" onPress={() => setShown([])}>
              {say("notice.read")}
            </Button>
          }
        >
          {sayNextStep(say, notice) ?? undefined}
        </Notice>
      ))}
    </div>
  );
}

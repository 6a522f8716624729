import { useEffect, useState } from "react";
import { Button } from "../components/button.view";
import { Notice } from "../components/notice.view";
import type { NoticeDto } from "../ipc/bindings";
import { useIpc } from "../ipc/ipc-context";
import { useSession } from "../session/session-context";
import { SignInNotice } from "../sign-in/sign-in-notice.view";
import { formatDateTime } from "../words/dates";
import { messageFor, type Say, useWords } from "../words/words";
import css from "./shell.module.css";

function phrase(say: Say, notice: NoticeDto): string {
  switch (notice.kind) {
    case "granted":
      return say("notice.granted", {
        name: notice.name,
        role: say(`role.${notice.role}`),
        segment: say(messageFor("segment", notice.segment, "segment.other"), { name: notice.segment }),
      });
    case "grant_received":
      return say("notice.grant_received", { name: notice.name });
    case "failed_attempts":
      return say("notice.failed_attempts", { count: notice.count, last: formatDateTime(notice.last) });
    case "segment":
      return say(messageFor("notice.segment", notice.health, "notice.segment.unavailable"), {
        segment: say(messageFor("part", notice.segment, "part.other")),
      });
    case "unsent_carried_over":
      return say("notice.unsent", { segment: say(messageFor("part", notice.segment, "part.other")) });
    case "personal_replaced":
      return say(notice.kept === "" ? "notice.personal_lost" : "notice.personal_replaced");
    case "personal_unavailable":
      return say("notice.personal_unavailable");
  }
}

/** What it means for the work, and what to do. */
function next(say: Say, notice: NoticeDto): string | null {
  switch (notice.kind) {
    case "segment": {
      const kept = notice.kept === "" ? "" : ` ${say("notice.kept", { file: notice.kept })}`;
      if (notice.health === "whole") return kept === "" ? null : kept.trim();
      return say(messageFor("notice.segment", `${notice.health}.next`, "notice.segment.unavailable.next")) + kept;
    }
    case "unsent_carried_over":
      return [
        say("notice.unsent.verified", { count: notice.verified }),
        notice.unverified > 0 ? say("notice.unsent.unverified", { count: notice.unverified }) : "",
        notice.lost > 0 || notice.incomplete ? say("notice.unsent.lost") : "",
      ]
        .filter((one) => one !== "")
        .join(" ");
    case "personal_replaced":
      return notice.kept === ""
        ? say("notice.personal_lost.next")
        : say("notice.personal_replaced.next", { file: notice.kept });
    case "personal_unavailable":
      return say("notice.personal_unavailable.next");
    default:
      return null;
  }
}

const isOver = (notice: NoticeDto) => notice.kind === "segment" && notice.health === "whole";
const isCritical = (notice: NoticeDto) => next(() => "", notice) !== null && !isOver(notice);

/** What is said of a part of the records takes the place of what was said of it before. */
function withNews(before: readonly NoticeDto[], news: NoticeDto): NoticeDto[] {
  const isPast = (notice: NoticeDto) =>
    notice.kind === "segment" && news.kind === "segment" && notice.segment === news.segment;
  return [...before.filter((notice) => !isPast(notice)), news];
}

/** What happened around this unlock, until it has been read. */
export function SessionNotices() {
  const say = useWords();
  const { session, may } = useSession();
  const ipc = useIpc();
  const [shown, setShown] = useState(session.notices);
  // What is found while the session lasts stands beside what was said at its beginning.
  useEffect(() => ipc.listen("notice", (notice) => setShown((before) => withNews(before, notice))), [ipc]);
  return (
    <div className={css.notices}>
      {may("run_sync") ? <SignInNotice /> : null}
      {shown.map((notice) => (
        <Notice
          key={JSON.stringify(notice)}
          tone={isCritical(notice) ? "critical" : "info"}
          title={phrase(say, notice)}
          act={
            <Button look="link" onPress={() => setShown([])}>
              {say("notice.read")}
            </Button>
          }
        >
          {next(say, notice) ?? undefined}
        </Notice>
      ))}
    </div>
  );
}

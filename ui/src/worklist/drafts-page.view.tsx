import { useNavigate } from "@tanstack/react-router";
import { FailureNotice } from "../components/failure-notice.view";
import { Page } from "../components/page.view";
import { type Column, RowList, RowOpen } from "../components/row-list.view";
import type { DraftDto } from "../ipc/bindings";
import { useReply } from "../ipc/reply.query";
import { readNoteDraft } from "../visit/draft-content";
import { formatDateTime } from "../words/dates";
import { messageFor, useWords } from "../words/words";
import css from "./worklist.module.css";

/** What this person has begun and not yet signed or saved. */
export function DraftsPage() {
  const say = useWords();
  const navigate = useNavigate();
  const drafts = useReply("drafts");
  const rows = drafts.data ?? [];
  const columns: Column<DraftDto>[] = [
    {
      key: "patient",
      label: say("col.patient"),
      width: "minmax(0, 1fr)",
      cell: (row) => (
        <RowOpen
          onOpen={() =>
            navigate({
              to: "/chart/$patient/$tab",
              params: { patient: row.patient, tab: "summary" },
              search: { pane: row.kind, draft: row.draft },
            })
          }
        >
          <b>{row.patientName}</b>
        </RowOpen>
      ),
    },
    {
      key: "kind",
      label: say("col.kind"),
      width: "130px",
      cell: (row) => say(messageFor("draft", row.kind, "draft.other")),
    },
    {
      key: "text",
      label: say("col.text"),
      width: "minmax(0, 2fr)",
      cell: (row) => <span className={css.draft}>{row.kind === "note" ? readNoteDraft(row.content).text : ""}</span>,
    },
    { key: "kept", label: say("col.kept"), width: "160px", cell: (row) => formatDateTime(row.kept) },
  ];
  return (
    <Page
      title={say("drafts.title")}
      aside={drafts.data === undefined ? "" : say("drafts.count", { count: rows.length })}
    >
      {drafts.error !== null ? (
        <div>
          <FailureNotice failure={drafts.error} />
        </div>
      ) : drafts.data === undefined ? (
        <div aria-busy="true" />
      ) : (
        <RowList
          label={say("drafts.title")}
          columns={columns}
          total={rows.length}
          rowAt={(index) => rows[index]}
          rowHeight={44}
          empty={say("drafts.empty")}
        />
      )}
    </Page>
  );
}

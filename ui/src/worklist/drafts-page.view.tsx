import { useNavigate } from "@tanstack/react-router";
import { FailureNotice } from "../components/failure-notice.view";
import { Page } from "../components/page.view";
import { type Column, RowButton, VirtualTable } from "../components/virtual-table.view";
import type { DraftDto } from "../ipc/bindings";
import { useIpcQuery } from "../ipc/ipc.query";
import { readNoteDraft } from "../visit/draft-content";
import { formatDateTime } from "../words/dates";
import { useWords } from "../words/words";
import css from "./worklist.module.css";

/** Drafts of this user that are not yet signed or saved. */
export function DraftsPage() {
  const say = useWords();
  const navigate = useNavigate();
  const drafts = useIpcQuery("drafts");
  const rows = drafts.data ?? [];
  const columns: Column<DraftDto>[] = [
    {
      key: "patient",
      label: say("col.patient"),
      width: "minmax(0, 1fr)",
      cell: (row) => (
        <RowButton
          onOpen={() =>
            navigate({
              to: "/chart/$patient/$tab",
              params: { patient: row.patient, tab: "summary" },
              search: { pane: row.kind, draft: row.draft },
            })
          }
        >
          <b>{row.patientName}</b>
        </RowButton>
      ),
    },
    {
      key: "kind",
      label: say("col.kind"),
      width: "130px",
      cell: (row) => say(`draft.${row.kind}`),
    },
    {
      key: "text",
      label: say("col.text"),
      width: "minmax(0, 2fr)",
      cell: (row) => <span className={css.draft}>{row.kind === "note" ? readNoteDraft(row.content).text : ""}</span>,
    },
    { key: "saved", label: say("col.saved"), width: "160px", cell: (row) => formatDateTime(row.saved) },
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
        <VirtualTable
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

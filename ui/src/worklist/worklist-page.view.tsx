import { getRouteApi, Navigate, useNavigate } from "@tanstack/react-router";
import { Button } from "../components/button.view";
import { Notice } from "../components/notice.view";
import { Page } from "../components/page.view";
import { PagedTable } from "../components/paged-table.view";
import { useShortcuts } from "../components/shortcuts";
import type { WorklistNameDto, WorkRowDto } from "../ipc/bindings";
import { usePagedList } from "../ipc/paged-list.query";
import { useSession } from "../session/session-context";
import { messageFor, useWords } from "../words/words";
import { useWorklistColumns } from "./worklist-columns.view";

const route = getRouteApi("/list/$list");

// Drafts have a page of their own.
type PagedListName = Exclude<WorklistNameDto, "drafts">;

const LISTS: readonly PagedListName[] = [
  "queue",
  "vitals_due",
  "my_patients",
  "today",
  "dispensing",
  "specimens",
  "charges",
];

/** A worklist: queue, vitals due, my patients, today, dispensing, specimens, charges. */
export function WorklistPage() {
  const { list } = route.useParams();
  const known = LISTS.find((name) => name === list);
  return known === undefined ? <Navigate to="/" replace /> : <Worklist key={known} list={known} />;
}

function Worklist({ list }: { list: PagedListName }) {
  const say = useWords();
  const navigate = useNavigate();
  const { may } = useSession();
  const rows = usePagedList("worklist", (page) => ({ list, ...page }));
  const open = (row: WorkRowDto, pane?: string) =>
    navigate({
      to: "/chart/$patient/$tab",
      params: { patient: row.patient.patient, tab: "summary" },
      search: pane === undefined ? {} : { pane },
    });
  const columns = useWorklistColumns(list, open);
  const next = rows.rowAt(0);
  const isQueue = list === "queue" || list === "vitals_due";
  const takeNext = () => {
    if (next !== undefined) open(next, may("record_vitals") && next.vitals?.state === "due" ? "vitals" : undefined);
  };
  useShortcuts({ n: isQueue ? takeNext : undefined });
  const longest = next?.waitingMinutes ?? null;
  const missing = (rows.firstPage?.missing ?? []).map((type) => say(messageFor("type", type, "type.other"))).join(", ");
  return (
    <Page
      title={say(`list.${list}.title`)}
      aside={
        rows.loading || missing !== "" || rows.firstPage?.downloading
          ? ""
          : isQueue && longest !== null
            ? say("list.waiting", { count: rows.total, longest })
            : say("list.count", { count: rows.total })
      }
      actions={
        isQueue && next !== undefined ? (
          <Button variant="primary" keys="N" onPress={takeNext}>
            {say("list.take")}
          </Button>
        ) : undefined
      }
    >
      {missing === "" ? null : (
        <Notice tone="critical" role="status" title={say("list.missing", { missing })}>
          {say("list.missing.next")}
        </Notice>
      )}
      <PagedTable
        list={rows}
        label={say(`list.${list}.title`)}
        columns={columns}
        rowHeight={60}
        isMarked={(row) => isQueue && row === next}
        empty={
          rows.firstPage?.downloading ? (
            <Notice tone="info" title={say("list.downloading")}>
              {say("list.downloading.next")}
            </Notice>
          ) : missing !== "" ? (
            say("list.unavailable")
          ) : (
            say(`list.${list}.empty`)
          )
        }
      />
    </Page>
  );
}

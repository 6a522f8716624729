import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button } from "../components/button.view";
import { FailureNotice } from "../components/failure-notice.view";
import { Notice } from "../components/notice.view";
import { Page } from "../components/page.view";
import { RowList } from "../components/row-list.view";
import { useShortcuts } from "../components/shortcuts";
import type { WorkRowDto } from "../ipc/bindings";
import { useSession } from "../session/session-context";
import { messageFor, useWords } from "../words/words";
import { useWorklist } from "./worklist.query";
import { useWorklistColumns } from "./worklist-columns.view";

const route = getRouteApi("/list/$list");

/** A worklist: queue, vitals due, my patients, today, dispensing, specimens, charges. */
export function WorklistPage() {
  const { list } = route.useParams();
  return <Worklist key={list} list={list} />;
}

function Worklist({ list }: { list: string }) {
  const say = useWords();
  const navigate = useNavigate();
  const { may } = useSession();
  const rows = useWorklist(list);
  const open = (row: WorkRowDto, pane?: string) =>
    navigate({
      to: "/chart/$patient/$tab",
      params: { patient: row.patient.patient, tab: "summary" },
      search: pane === undefined ? {} : { pane },
    });
  const columns = useWorklistColumns(list, open);
  const next = rows.rowAt(0);
  const takes = list === "queue" || list === "vitals_due";
  const take = () => {
    if (next !== undefined) open(next, may("record_vitals") && next.vitals === "due" ? "vitals" : undefined);
  };
  useShortcuts({ n: takes ? take : undefined });
  const longest = next?.waitingMinutes ?? null;
  const missing = (rows.first?.missing ?? []).map((type) => say(messageFor("type", type, "type.other"))).join(", ");
  return (
    <Page
      title={say(messageFor("list", `${list}.title`, "list.other.title"))}
      aside={
        rows.loading || missing !== "" || rows.first?.downloading
          ? ""
          : takes && longest !== null
            ? say("list.waiting", { count: rows.total, longest })
            : say("list.count", { count: rows.total })
      }
      actions={
        takes && next !== undefined ? (
          <Button look="primary" keys="N" onPress={take}>
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
      {rows.failure !== null ? (
        <div>
          <FailureNotice failure={rows.failure} />
        </div>
      ) : rows.loading ? (
        <div aria-busy="true" />
      ) : (
        <RowList
          label={say(messageFor("list", `${list}.title`, "list.other.title"))}
          columns={columns}
          total={rows.total}
          rowAt={rows.rowAt}
          show={rows.show}
          rowHeight={60}
          marked={(row) => takes && row === next}
          empty={
            rows.first?.downloading ? (
              <Notice tone="info" title={say("list.downloading")}>
                {say("list.downloading.next")}
              </Notice>
            ) : missing !== "" ? (
              say("list.unavailable")
            ) : (
              say(messageFor("list", `${list}.empty`, "list.other.empty"))
            )
          }
        />
      )}
    </Page>
  );
}

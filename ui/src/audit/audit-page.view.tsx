import { useEffect, useId, useState } from "react";
import { Button } from "../components/button.view";
import { Chip } from "../components/chip.view";
import { Notice } from "../components/notice.view";
import { Page } from "../components/page.view";
import { PagedTable } from "../components/paged-table.view";
import type { Column } from "../components/virtual-table.view";
import type { AuditRowDto, EventClass, UnmaskedDto } from "../ipc/bindings";
import { usePagedList } from "../ipc/paged-list.query";
import { useSession } from "../session/session-context";
import { useNarrowWindow } from "../theme/window-width";
import { formatDateTime } from "../words/dates";
import { formatCount } from "../words/numbers";
import { type Say, useWords } from "../words/words";
import css from "./audit.module.css";
import { sayCause, sayEventClass } from "./event-words";
import { SignOffDialog } from "./sign-off.view";
import { UnmaskDialog } from "./unmask.view";

const EVENT_CLASSES = [
  "chart_read",
  "search",
  "create",
  "update",
  "strike",
  "marking_undone",
  "note_signed",
  "unlock",
  "unlock_failed",
  "lock",
  "refused",
  "unmask",
  "grant",
  "sync",
  "sync_failed",
  "conflict_decided",
  "sign_in_failed",
  "enrol",
  "import",
  "export",
  "integrity_finding",
  "alert_signed_off",
  "draft_kept",
  "draft_discarded",
  "keychain_problem",
  "disk_full",
  "second_instance",
] as const satisfies readonly EventClass[];

/** What the list shows: everything, alerts that are not signed off, or one class. */
const FILTERS = ["all", "open_alerts", ...EVENT_CLASSES] as const;
type Filter = (typeof FILTERS)[number];

/** Who did what, with patients masked; unmasking needs a reason and is itself an event. */
export function AuditPage() {
  const say = useWords();
  const id = useId();
  const { may } = useSession();
  const narrow = useNarrowWindow();
  const [filter, setFilter] = useState<Filter>("all");
  const [rowToUnmask, setRowToUnmask] = useState<AuditRowDto | null>(null);
  const [alertToSignOff, setAlertToSignOff] = useState<AuditRowDto | null>(null);
  // Unmasked names are stored in this screen only.
  const [names, setNames] = useState<Record<number, UnmaskedDto>>({});
  // Later pages end at the sequence the first one started from, so that new events do not shift rows.
  const [start, setStart] = useState<{ filter: Filter; before: number } | null>(null);
  const before = start?.filter === filter ? start.before : null;
  const rows = usePagedList("audit_events", (page) => ({
    ...page,
    class: filter === "all" || filter === "open_alerts" ? null : filter,
    openAlerts: filter === "open_alerts",
    before: page.offset === 0 ? null : before,
  }));
  const firstBefore = rows.firstPage?.before;
  useEffect(() => setStart(firstBefore === undefined ? null : { filter, before: firstBefore }), [filter, firstBefore]);
  const columns: Column<AuditRowDto>[] = [
    {
      key: "at",
      label: say("col.when"),
      width: narrow ? "96px" : "150px",
      wrap: true,
      cell: (row) => formatDateTime(row.recorded),
    },
    {
      key: "class",
      label: say("audit.what"),
      width: "minmax(0, 1fr)",
      wrap: true,
      cell: (row) => (
        <>
          {sayEventClass(say, row)}
          {row.happened === null ? null : (
            <span className={css.quiet}> · {say("audit.happened", { at: formatDateTime(row.happened) })}</span>
          )}
        </>
      ),
    },
    {
      key: "outcome",
      label: say("audit.outcome"),
      width: "100px",
      cell: (row) => (
        <Chip tone={row.outcome === "success" ? "grey" : row.outcome === "minor" ? "warn" : "critical"}>
          {say(`audit.outcome.${row.outcome}`)}
        </Chip>
      ),
    },
    {
      key: "actor",
      label: say("audit.who"),
      width: "minmax(0, 1.9fr)",
      wrap: true,
      cell: (row) => (
        <>
          {row.actor ?? say("audit.device")}{" "}
          {row.role === null ? null : <span className={css.quiet}>· {say(`role.${row.role}`)}</span>}
        </>
      ),
    },
    {
      key: "patient",
      label: say("col.patient"),
      width: "minmax(0, 1.2fr)",
      cell: (row) => (
        <span className={names[row.sequence] === undefined ? css.quiet : css.named}>
          {sayPatients(say, row, names[row.sequence])}
        </span>
      ),
    },
    {
      key: "reason",
      label: say("audit.reason"),
      width: "minmax(0, 0.8fr)",
      wrap: true,
      cell: (row) => <span className={css.quiet}>{row.cause === null ? row.reason : sayCause(say, row.cause)}</span>,
    },
    {
      key: "act",
      label: say("audit.act"),
      width: "84px",
      cell: (row) =>
        row.openAlert && may("sign_off_alert") ? (
          <Button
            variant="link"
            aria-label={say("signoff.name", { at: formatDateTime(row.recorded) })}
            onPress={() => setAlertToSignOff(row)}
          >
            {say("signoff.short")}
          </Button>
        ) : row.patients > 0 && may("unmask") && (names[row.sequence] === undefined || row.patients > 1) ? (
          <Button
            variant="link"
            aria-label={say("unmask.name", { count: row.patients, at: formatDateTime(row.recorded) })}
            onPress={() => setRowToUnmask(row)}
          >
            {say("unmask.short")}
          </Button>
        ) : null,
    },
  ];
  const failed = rows.firstPage?.failedUnlocks ?? 0;
  const alerts = rows.firstPage?.openAlerts ?? 0;
  return (
    <Page
      title={say("audit.title")}
      aside={rows.loading ? "" : say("audit.count", { count: rows.total, shown: formatCount(rows.total) })}
      actions={
        <span className={css.head}>
          <label htmlFor={id}>{say("audit.show")}</label>
          <select
            id={id}
            className={css.select}
            value={filter}
            onChange={(event) => setFilter(FILTERS.find((known) => known === event.target.value) ?? "all")}
          >
            {FILTERS.map((name) => (
              <option key={name} value={name}>
                {say(`audit.class.${name}`)}
              </option>
            ))}
          </select>
        </span>
      }
    >
      <div className={css.body}>
        {alerts > 0 ? (
          <Notice tone="critical" role="status" title={say("audit.alerts", { count: alerts })}>
            {say("audit.alerts.next")}{" "}
            <Button variant="link" onPress={() => setFilter("open_alerts")}>
              {say("audit.alerts.show")}
            </Button>
          </Notice>
        ) : (
          <span />
        )}
        {failed > 0 ? (
          <Notice tone="warn" role="status" title={say("audit.failed", { count: failed })}>
            {say("audit.failed.next")}
          </Notice>
        ) : (
          <span />
        )}
        <PagedTable
          list={rows}
          key={filter}
          label={say("audit.title")}
          // Only events that name a patient have a button.
          noRowButtons
          columns={columns}
          rowHeight={37}
          empty={say("audit.empty")}
        />
      </div>
      <SignOffDialog
        row={alertToSignOff}
        onClose={() => setAlertToSignOff(null)}
        onSignedOff={() => {
          setAlertToSignOff(null);
          rows.refetch();
        }}
      />
      <UnmaskDialog
        row={rowToUnmask}
        named={rowToUnmask === null ? undefined : names[rowToUnmask.sequence]}
        onClose={() => setRowToUnmask(null)}
        onUnmasked={(row, shown) => {
          setNames((old) => ({ ...old, [row.sequence]: shown }));
          // A single name is shown in its row, several in the dialog.
          if (row.patients === 1) setRowToUnmask(null);
        }}
      />
    </Page>
  );
}

function sayPatients(say: Say, row: AuditRowDto, shown: UnmaskedDto | undefined): string {
  if (row.patients === 0) return "";
  if (row.patients > 1) return say("audit.patients", { count: row.patients });
  if (shown === undefined) return say("audit.masked");
  const [only] = shown.patients;
  return only === undefined ? say("unmask.elsewhere", { count: 1 }) : only;
}

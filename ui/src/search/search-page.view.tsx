import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Chip } from "../components/chip.view";
import { Notice } from "../components/notice.view";
import { Page } from "../components/page.view";
import { PagedTable } from "../components/paged-table.view";
import { PatientBorn, PatientName } from "../components/patient-cell.view";
import { type Column, RowButton } from "../components/virtual-table.view";
import type { PatientRowDto } from "../ipc/bindings";
import { usePagedList } from "../ipc/paged-list.query";
import { formatDate } from "../words/dates";
import { useWords } from "../words/words";
import css from "./search.module.css";

const route = getRouteApi("/search");

/** The matching patients, those opened by this user today first. */
export function SearchPage() {
  const { q } = route.useSearch();
  // Keyed, so that a row of an earlier query can never be opened under a later one.
  return <SearchResults key={q ?? ""} query={q ?? ""} />;
}

function SearchResults({ query }: { query: string }) {
  const say = useWords();
  const navigate = useNavigate();
  const rows = usePagedList("search_patients", (page) => ({ query, ...page }));
  const { exact = rows.total, incomplete = false, unusable = false, more = false } = rows.firstPage ?? {};
  const similar = rows.total - exact;
  const columns: Column<PatientRowDto>[] = [
    {
      key: "patient",
      label: say("col.patient"),
      width: "minmax(170px, 1.6fr)",
      wrap: true,
      cell: (row) => (
        <RowButton
          disabled={!row.ready}
          onOpen={() => {
            if (row.ready)
              navigate({ to: "/chart/$patient/$tab", params: { patient: row.patient, tab: "summary" }, search: {} });
          }}
        >
          <PatientName row={row} />
        </RowButton>
      ),
    },
    { key: "born", label: say("col.born"), width: "minmax(112px, 0.7fr)", cell: (row) => <PatientBorn row={row} /> },
    {
      key: "phone",
      label: say("col.phone"),
      width: "138px",
      cell: (row) => <span className={css.quiet}>{row.phone}</span>,
    },
    {
      key: "seen",
      label: say("col.seen"),
      width: "104px",
      cell: (row) => {
        const placeholder = row.lastSeenKnown ? say("search.never") : "–";
        return <span className={css.quiet}>{row.lastSeen === null ? placeholder : formatDate(row.lastSeen)}</span>;
      },
    },
    {
      key: "marks",
      label: say("col.marks"),
      width: "minmax(160px, 1fr)",
      wrap: true,
      cell: (row) => (
        <span className={css.marks}>
          {row.openedToday ? <Chip tone="info">{say("search.opened")}</Chip> : null}
          {row.alert ? <Chip tone="critical">{say("search.alert")}</Chip> : null}
          {row.ready ? null : <Chip tone="grey">{say("search.downloading")}</Chip>}
        </span>
      ),
    },
  ];
  return (
    <Page
      title={query === "" ? say("search.all") : say("search.title", { query })}
      aside={
        rows.loading || incomplete
          ? ""
          : similar > 0
            ? say("search.similar.more", { count: exact, similar })
            : say(more ? "search.more" : "search.count", { count: rows.total })
      }
    >
      {incomplete ? (
        <Notice tone="critical" role="alert" title={say("search.incomplete")}>
          {say("search.incomplete.do")}
        </Notice>
      ) : null}
      {similar > 0 && exact === 0 ? <Notice tone="info" role="status" title={say("search.similar.only")} /> : null}
      <PagedTable
        list={rows}
        label={say("search.label")}
        columns={columns}
        rowHeight={52}
        empty={say(unusable ? "search.unusable" : incomplete ? "search.incomplete.none" : "search.empty")}
        {...(similar > 0 ? { divider: { before: exact, label: say("search.similar") } } : {})}
      />
    </Page>
  );
}

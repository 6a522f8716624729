import { useState } from "react";
import { Chip } from "../components/chip.view";
import { PagedTable } from "../components/paged-table.view";
import { RowMenu } from "../components/row-menu.view";
import { type Column, RowButton } from "../components/virtual-table.view";
import type { TimelineDetailDto, TimelineRowDto } from "../ipc/bindings";
import { usePagedList } from "../ipc/paged-list.query";
import { useNarrowWindow } from "../theme/window-width";
import { sayReaction } from "../words/allergies";
import { formatDateTime } from "../words/dates";
import { sayRecordTitle, sayRecordType } from "../words/record-title";
import { type Say, useWords } from "../words/words";
import { SUBJECTS, useAbsence } from "./absence";
import css from "./chart.module.css";
import { Correction } from "./correction.view";
import { correctable, useCorrectionActions } from "./corrections";
import { sayDosages } from "./dosage-words";
import { RoundedValue } from "./flagged-value.view";
import { Marks } from "./marks.view";
import { RecordDialog } from "./record-dialog.view";
import { RecordStateChip } from "./record-state.view";

const isInError = (row: TimelineRowDto) => row.marks.some(({ kind }) => kind === "entered_in_error");

function sayDetail(say: Say, detail: TimelineDetailDto): string {
  switch (detail.kind) {
    case "text":
      return detail.text;
    case "dosages":
      return sayDosages(say, detail.dosages);
    case "reaction":
      return sayReaction(say, detail.reaction);
    case "results":
      return say("timeline.results", { count: detail.count });
  }
}

/** What kind of record a line is: of the rarer ones what their type is called. */
function sayKind(say: Say, { kind, reference }: TimelineRowDto): string {
  return kind === "other" ? sayRecordType(say, reference.split("/")[0] ?? "") : say(`timeline.${kind}`);
}

/** The tabs that are a plain list of records. */
type ListTab = Exclude<
  keyof typeof SUBJECTS,
  "problems" | "medicines" | "results" | "vitals" | "notes" | "immunisations"
>;

interface Props {
  patient: string;
  tab: ListTab;
}

/** All records or those of one tab, newest first. */
export function RecordsTab({ patient, tab }: Props) {
  const say = useWords();
  const { sayNone } = useAbsence();
  const rows = usePagedList("chart_timeline", (page) => ({ patient, tab: tab === "timeline" ? null : tab, ...page }));
  const narrow = useNarrowWindow();
  const actionsOf = useCorrectionActions();
  const [opened, setOpened] = useState<TimelineRowDto | null>(null);
  const columns: Column<TimelineRowDto>[] = [
    {
      key: "at",
      label: say("col.when"),
      width: narrow ? "96px" : "150px",
      wrap: true,
      cell: (row) => <span className={css.quiet}>{formatDateTime(row.at)}</span>,
    },
    {
      key: "kind",
      label: say("col.kind"),
      width: "118px",
      wrap: true,
      cell: (row) => sayKind(say, row),
    },
    {
      key: "title",
      label: say("col.what"),
      width: "minmax(0, 1fr)",
      // A dose or a value is never truncated: part of it would read as another one.
      wrap: true,
      cell: (row) =>
        row.unreadable ? (
          <RowButton onOpen={() => setOpened(row)}>
            <Chip tone="warn">{say("timeline.unreadable")}</Chip>
          </RowButton>
        ) : (
          <span className={isInError(row) ? css.inError : undefined}>
            <RowButton onOpen={() => setOpened(row)}>
              <b>{sayRecordTitle(say, row.title)}</b>
            </RowButton>
            <Correction corrected={row.corrected} />
            {row.detail === null ? null : (
              <span className={css.under}>
                {row.recorded === null ? (
                  sayDetail(say, row.detail)
                ) : (
                  <RoundedValue recorded={row.recorded}>{sayDetail(say, row.detail)}</RoundedValue>
                )}
              </span>
            )}
          </span>
        ),
    },
    {
      key: "record",
      label: say("col.state"),
      width: "124px",
      wrap: true,
      cell: (row) => (
        <span className={css.marks}>
          <Marks marks={row.marks} />
          <RecordStateChip record={row.record} />
        </span>
      ),
    },
    {
      key: "actions",
      label: "",
      width: "40px",
      cell: (row) => (
        <RowMenu
          label={say("row.actions", { what: `${sayRecordTitle(say, row.title)}, ${formatDateTime(row.at)}` })}
          actions={[{ label: say("row.show"), onAction: () => setOpened(row) }, ...actionsOf(correctable(say, row))]}
        />
      ),
    },
  ];
  return (
    <>
      <PagedTable
        list={rows}
        label={say(`tab.${tab}`)}
        columns={columns}
        rowHeight={48}
        empty={sayNone(`${tab}.none`, SUBJECTS[tab])}
      />
      <RecordDialog patient={patient} row={opened} onClose={() => setOpened(null)} />
    </>
  );
}

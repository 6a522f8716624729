import { Chip } from "../components/chip.view";
import { PatientBorn, PatientName } from "../components/patient-cell.view";
import { type Column, RowButton } from "../components/virtual-table.view";
import type { WorklistNameDto, WorkReasonDto, WorkRowDto } from "../ipc/bindings";
import { useSession } from "../session/session-context";
import { useNarrowWindow } from "../theme/window-width";
import { saySafety } from "../words/allergies";
import { formatDate, formatRecent, formatTime } from "../words/dates";
import { messageFor, type Say, useWords } from "../words/words";
import { CheckIn } from "./check-in.view";
import css from "./worklist.module.css";

type WorkColumn = Column<WorkRowDto>;

/** The columns of a worklist for this role. */
export function useWorklistColumns(list: WorklistNameDto, open: (row: WorkRowDto) => void): WorkColumn[] {
  const say = useWords();
  const { may } = useSession();
  const narrow = useNarrowWindow();
  const patient: WorkColumn = {
    key: "patient",
    label: say("col.patient"),
    width: "minmax(150px, 1.5fr)",
    wrap: true,
    cell: (row) => (
      <RowButton onOpen={() => open(row)}>
        <PatientName row={row.patient} />
      </RowButton>
    ),
  };
  const born: WorkColumn = {
    key: "born",
    label: say("col.born"),
    width: "136px",
    cell: (row) => <PatientBorn row={row.patient} />,
  };
  const reason: WorkColumn = {
    key: "reason",
    label: say("col.reason"),
    width: "minmax(0, 1.4fr)",
    wrap: true,
    cell: (row) => (
      <>
        {row.reason === null ? null : sayWorkReason(say, row.reason)}
        {narrow && row.with.length > 0 ? <span className={css.under}>{row.with.join(", ")}</span> : null}
      </>
    ),
  };
  const safety: WorkColumn = {
    key: "safety",
    label: say("col.safety"),
    width: "minmax(0, 1.3fr)",
    wrap: true,
    cell: (row) =>
      row.safety === null ? null : row.safety.state === "known" ? (
        <Chip tone="critical" wrap>
          {saySafety(say, row.safety)}
        </Chip>
      ) : (
        <span className={css.quiet}>{saySafety(say, row.safety)}</span>
      ),
  };
  const seen: WorkColumn = {
    key: "seen",
    label: say("col.seen"),
    width: "120px",
    cell: (row) => (
      <span className={css.quiet}>{row.patient.lastSeen === null ? "–" : formatDate(row.patient.lastSeen)}</span>
    ),
  };
  const practitioner: WorkColumn = {
    key: "with",
    label: say("col.with"),
    width: "minmax(100px, 0.7fr)",
    wrap: true,
    cell: (row) => (row.with.length === 0 ? <span className={css.quiet}>–</span> : row.with.join(", ")),
  };
  // In a narrow window the practitioner is shown below the reason instead.
  const practitionerIfWide = narrow ? [] : [practitioner];
  const safetyIfAllowed = may("read_allergies") ? [safety] : [];
  if (list === "queue" || list === "vitals_due") {
    return [
      waitingColumn(say),
      patient,
      born,
      reason,
      ...safetyIfAllowed,
      ...(may("read_vitals") ? [vitalsColumn(say)] : []),
      ...practitionerIfWide,
    ];
  }
  if (list === "today") {
    const booked: WorkColumn = {
      key: "booked",
      label: say("col.booked"),
      width: "70px",
      cell: (row) => <b>{row.booked === null ? "–" : formatTime(row.booked)}</b>,
    };
    const status: WorkColumn = {
      key: "status",
      label: say("col.status"),
      width: "120px",
      cell: (row) => <StatusChip status={row.status} />,
    };
    const action: WorkColumn = {
      key: "act",
      label: say("col.act"),
      width: "146px",
      align: "end",
      cell: (row) => <CheckIn row={row} />,
    };
    // Roles that may not see the reason of a visit see what was booked.
    const booking = may("read_allergies") ? reason : { ...reason, label: say("col.booking") };
    return [booked, patient, born, booking, ...practitionerIfWide, status, ...(may("check_in") ? [action] : [])];
  }
  return [patient, born, reason, ...safetyIfAllowed, seen];
}

function sayWorkReason(say: Say, reason: WorkReasonDto): string {
  switch (reason.kind) {
    case "recorded":
      return reason.text;
    case "to_dispense":
      return say("reason.to_dispense", { count: reason.count });
    case "visit_to_review":
      return say("reason.visit_to_review");
  }
}

const waitingColumn = (say: Say): WorkColumn => ({
  key: "waiting",
  label: say("col.waiting"),
  width: "64px",
  cell: (row) =>
    row.waitingMinutes === null ? (
      <span className={css.quiet}>–</span>
    ) : (
      <span className={row.waitingMinutes > 40 ? css.long : undefined}>
        {say("wait.minutes", { count: row.waitingMinutes })}
      </span>
    ),
});

const vitalsColumn = (say: Say): WorkColumn => ({
  key: "vitals",
  label: say("col.vitals"),
  width: "128px",
  cell: (row) => {
    if (row.vitals === null) return <span className={css.quiet}>–</span>;
    if (row.vitals.state === "due") return <Chip tone="warn">{say("vitals.due")}</Chip>;
    const time = formatRecent(row.vitals.at, new Date(row.vitals.at));
    return row.news2 === null ? (
      <Chip tone="ok">{time}</Chip>
    ) : (
      <Chip tone="critical">{say("vitals.news2", { score: row.news2, time })}</Chip>
    );
  },
});

function StatusChip({ status }: { status: string | null }) {
  const say = useWords();
  if (status === null) return <span className={css.quiet}>–</span>;
  const hasArrived = status === "arrived" || status === "checked-in";
  const tone = hasArrived ? "ok" : status === "noshow" ? "warn" : "grey";
  return <Chip tone={tone}>{say(messageFor("visit", status, "visit.other"))}</Chip>;
}

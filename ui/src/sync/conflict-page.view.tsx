import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import { Marks } from "../chart/marks.view";
import { Button } from "../components/button.view";
import { FailureNotice } from "../components/failure-notice.view";
import { PatientBanner } from "../components/patient-banner.view";
import type { ConflictDto, ConflictFieldDto, Side } from "../ipc/bindings";
import { useIpcMutation, useIpcQuery } from "../ipc/ipc.query";
import { formatDateTime } from "../words/dates";
import { sayRecordTitle } from "../words/record-title";
import { useWords } from "../words/words";
import css from "./conflict.module.css";
import { ConflictDeleted } from "./conflict-deleted.view";
import { sayField, sayParts } from "./conflict-words";

const route = getRouteApi("/conflict/$conflict");

/** Two versions of one record, field by field. */
export function ConflictPage() {
  const { conflict } = route.useParams();
  const reply = useIpcQuery("conflict", { conflict });
  if (reply.error !== null) {
    return (
      <div className={css.body}>
        <FailureNotice failure={reply.error} />
      </div>
    );
  }
  return reply.data === undefined ? <div aria-busy="true" /> : <Conflict key={conflict} conflict={reply.data} />;
}

/** Whether the two sides differ, so that the user has to choose one. */
const differs = (field: ConflictFieldDto) => JSON.stringify(field.ours) !== JSON.stringify(field.theirs);

function Conflict({ conflict }: { conflict: ConflictDto }) {
  const say = useWords();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const decide = useIpcMutation("decide_conflict");
  const open = conflict.fields.filter(differs);
  // INVARIANT: only what Rust chose in advance is preselected; for medicines and allergies it chooses nothing.
  const [sides, setSides] = useState<Record<string, Side>>(() =>
    Object.fromEntries(open.flatMap(({ path, chosen }) => (chosen === null ? [] : [[path, chosen]]))),
  );
  const decided = open.filter((field) => sides[field.path] !== undefined).length;
  const done = decided === open.length;
  const title = say(conflict.theirsDeleted ? "conflict.deleted.title" : "conflict.title", {
    title: sayRecordTitle(say, conflict.title),
  });
  const submit = (sideOf: (path: string) => Side) =>
    decide.mutate(
      {
        conflict: conflict.conflict,
        choices: conflict.fields.map((field) => ({ path: field.path, side: sideOf(field.path) })),
      },
      {
        onSuccess: () => {
          for (const name of ["sync_page", "sync_chip", "open_chart"]) cache.invalidateQueries({ queryKey: [name] });
          navigate({ to: "/sync" });
        },
      },
    );
  return (
    <div className={css.page}>
      <PatientBanner banner={conflict.banner} marks={<Marks marks={conflict.banner.marks} />} />
      <section
        className={css.body}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling section must be reachable with the keyboard
        tabIndex={0}
        aria-label={title}
      >
        <div>
          <h2 className={css.title}>{title}</h2>
          <p className={css.lead}>{say(conflict.theirsDeleted ? "conflict.deleted.lead" : "conflict.lead")}</p>
        </div>
        {decide.error === null ? null : <FailureNotice failure={decide.error} />}
        {conflict.theirsDeleted ? (
          <ConflictDeleted
            conflict={conflict}
            busy={decide.isPending}
            onLater={() => navigate({ to: "/sync" })}
            onDecide={(side) => submit(() => side)}
          />
        ) : (
          <div className={css.card}>
            <div className={css.row}>
              <span className={css.label} />
              <SideHeader title={say("conflict.base")} who={null} when={conflict.baseWhen} />
              <SideHeader title={say("conflict.ours")} who={conflict.oursWho} when={conflict.oursWhen} />
              <SideHeader title={say("conflict.theirs")} who={conflict.theirsWho} when={conflict.theirsWhen} />
            </div>
            {conflict.fields.map((field) => (
              <div key={field.path} className={css.row}>
                <span className={css.label}>{sayField(say, field)}</span>
                <span className={css.cell}>{sayParts(say, field.base)}</span>
                {differs(field) ? (
                  <RadioGroup
                    className={css.choices ?? ""}
                    aria-label={sayField(say, field)}
                    value={sides[field.path] ?? null}
                    onChange={(value) => {
                      const side = value === "ours" ? "ours" : "theirs";
                      setSides((old) => ({ ...old, [field.path]: side }));
                    }}
                  >
                    <Choice side="ours" name={say("conflict.ours")} value={sayParts(say, field.ours)} />
                    <Choice side="theirs" name={say("conflict.theirs")} value={sayParts(say, field.theirs)} />
                  </RadioGroup>
                ) : (
                  <>
                    <span className={css.cell}>{sayParts(say, field.ours)}</span>
                    <span className={css.cell}>{sayParts(say, field.theirs)}</span>
                  </>
                )}
              </div>
            ))}
            <div className={css.foot}>
              <span className={css.count} role="status">
                {say("conflict.decided", { decided, open: open.length })}
              </span>
              <Button onPress={() => navigate({ to: "/sync" })}>{say("conflict.later")}</Button>
              <Button
                variant="primary"
                isDisabled={!done || decide.isPending}
                onPress={() => submit((path) => sides[path] ?? "ours")}
              >
                {say("conflict.keep")}
              </Button>
            </div>
          </div>
        )}
      </section>
    </div>
  );
}

function SideHeader({ title, who, when }: { title: string; who: string | null; when: string | null }) {
  return (
    <div className={css.cell}>
      <span className={css.head}>{title}</span>
      <span className={css.small}>{[who ?? "", formatDateTime(when)].filter((part) => part !== "").join(" · ")}</span>
    </div>
  );
}

function Choice({ side, name, value }: { side: Side; name: string; value: string }) {
  const say = useWords();
  const label = say("conflict.choice", { side: name, value: value.replaceAll("\n", ", ") });
  return (
    <Radio value={side} className={css.choice ?? ""} aria-label={label}>
      <span className={css.mark} aria-hidden="true" />
      <span>{value}</span>
    </Radio>
  );
}

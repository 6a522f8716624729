import { Button } from "../components/button.view";
import { Card } from "../components/card.view";
import { Notice } from "../components/notice.view";
import type { ChartDto, DraftKindDto, SavedDto } from "../ipc/bindings";
import { useIpcMutation } from "../ipc/ipc.query";
import { useSession } from "../session/session-context";
import { formatDateTime } from "../words/dates";
import { useWords } from "../words/words";
import css from "./form.module.css";

/** The form that was saved last and the reply to saving it. */
export interface SavedForm {
  kind: DraftKindDto;
  saved: SavedDto;
}

interface Props {
  chart: ChartDto;
  lastSaved: SavedForm | null;
  onPane: (pane: string, draft?: string) => void;
  onDiscarded: (draft: string) => void;
}

/** Starts or continues a form for this patient. */
export function Actions({ chart, lastSaved, onPane, onDiscarded }: Props) {
  const say = useWords();
  const { may } = useSession();
  const discard = useIpcMutation("discard_draft");
  return (
    <>
      {lastSaved === null ? null : (
        <Notice tone="pending" role="status" title={say(lastSaved.kind === "vitals" ? "done.vitals" : "done.note")}>
          {say("done.waits")} {lastSaved.saved.visitStarted ? say("done.visit") : ""}
        </Notice>
      )}
      <Card title={say("actions.title")}>
        <div className={css.actions}>
          {may("record_vitals") ? (
            <Button variant="primary" className={css.action ?? ""} keys="V" onPress={() => onPane("vitals")}>
              {say("pane.vitals")}
            </Button>
          ) : null}
          {may("write_note") ? (
            <Button className={css.action ?? ""} keys="W" onPress={() => onPane("note")}>
              {say("pane.note")}
            </Button>
          ) : null}
        </div>
        {chart.drafts.length === 0 ? null : (
          <ul className={css.drafts} aria-label={say("actions.drafts")}>
            {chart.drafts.map((draft) => (
              <li key={draft.draft} className={css.draft}>
                <span>
                  <Button variant="link" onPress={() => onPane(draft.kind, draft.draft)}>
                    {say("actions.continue", { kind: say(`draft.${draft.kind}`) })}
                  </Button>
                  <br />
                  <span className={css.small}>{say("actions.saved", { at: formatDateTime(draft.saved) })}</span>
                </span>
                <Button
                  variant="link"
                  onPress={() => discard.mutate({ draft: draft.draft }, { onSuccess: () => onDiscarded(draft.draft) })}
                >
                  {say("actions.discard")}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </>
  );
}

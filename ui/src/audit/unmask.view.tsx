import { valibotResolver } from "@hookform/resolvers/valibot";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Button } from "../components/button.view";
import { Dialog, DialogFoot } from "../components/dialog.view";
import { FailureNotice } from "../components/failure-notice.view";
import { TextAreaField } from "../components/field.view";
import type { AuditRowDto, UnmaskedDto } from "../ipc/bindings";
import { useIpcMutation } from "../ipc/ipc.query";
import { useWords } from "../words/words";
import css from "./audit.module.css";

const schema = v.object({ reason: v.pipe(v.string(), v.trim(), v.minLength(1)) });

interface Props {
  row: AuditRowDto | null;
  /** The patients, once unmasked. */
  named: UnmaskedDto | undefined;
  onClose: () => void;
  onUnmasked: (row: AuditRowDto, shown: UnmaskedDto) => void;
}

/** Asks for a reason, then shows the patients of an event. */
export function UnmaskDialog({ row, named, onClose, onUnmasked }: Props) {
  const say = useWords();
  const title = say(named === undefined ? "unmask.title" : "unmask.named", { count: row?.patients ?? 1 });
  return (
    <Dialog open={row !== null} onClose={onClose} title={title}>
      {row === null ? null : named === undefined ? (
        <UnmaskForm row={row} onClose={onClose} onUnmasked={onUnmasked} />
      ) : (
        <Names named={named} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Names({ named, onClose }: { named: UnmaskedDto; onClose: () => void }) {
  const say = useWords();
  return (
    <div className={css.form}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable with the keyboard */}
      <ul className={css.names} tabIndex={0}>
        {named.patients.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {named.unknown === 0 ? null : <p className={css.quiet}>{say("unmask.elsewhere", { count: named.unknown })}</p>}
      <DialogFoot>
        <Button variant="primary" onPress={onClose}>
          {say("dialog.close")}
        </Button>
      </DialogFoot>
    </div>
  );
}

function UnmaskForm({ row, onClose, onUnmasked }: Omit<Props, "row" | "named"> & { row: AuditRowDto }) {
  const say = useWords();
  const unmask = useIpcMutation("unmask");
  const { register, handleSubmit, formState } = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { reason: "" },
  });
  const submit = handleSubmit(({ reason }) =>
    unmask.mutate({ sequence: row.sequence, reason }, { onSuccess: (shown) => onUnmasked(row, shown) }),
  );
  return (
    <form onSubmit={submit} noValidate className={css.form}>
      <p>{say("unmask.text", { count: row.patients })}</p>
      <TextAreaField
        label={say("unmask.reason")}
        error={formState.errors.reason === undefined ? undefined : say("entered_in_error.missing")}
        {...register("reason")}
      />
      {unmask.error === null ? null : <FailureNotice failure={unmask.error} />}
      <DialogFoot>
        <Button onPress={onClose}>{say("dialog.cancel")}</Button>
        <Button type="submit" variant="primary" isDisabled={unmask.isPending}>
          {say("unmask.do")}
        </Button>
      </DialogFoot>
    </form>
  );
}

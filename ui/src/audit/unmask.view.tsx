import { valibotResolver } from "@hookform/resolvers/valibot";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Button } from "../components/button.view";
import { Dialog, DialogFoot } from "../components/dialog.view";
import { FailureNotice } from "../components/failure-notice.view";
import { AreaField } from "../components/field.view";
import type { AuditRowDto, UnmaskedDto } from "../ipc/bindings";
import { useAct } from "../ipc/reply.query";
import { useWords } from "../words/words";
import css from "./audit.module.css";

const form = v.object({ reason: v.pipe(v.string(), v.trim(), v.minLength(1)) });

interface Props {
  row: AuditRowDto | null;
  /** Who it is, once that was asked. */
  named: UnmaskedDto | undefined;
  onClose: () => void;
  onUnmasked: (row: AuditRowDto, shown: UnmaskedDto) => void;
}

/** Asks why before the patients of an event are named; then names them. */
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
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached from the keyboard */}
      <ul className={css.names} tabIndex={0}>
        {named.patients.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {named.unknown === 0 ? null : <p className={css.quiet}>{say("unmask.elsewhere", { count: named.unknown })}</p>}
      <DialogFoot>
        <Button look="primary" onPress={onClose}>
          {say("dialog.close")}
        </Button>
      </DialogFoot>
    </div>
  );
}

function UnmaskForm({ row, onClose, onUnmasked }: Omit<Props, "row" | "named"> & { row: AuditRowDto }) {
  const say = useWords();
  const act = useAct("unmask");
  const { register, handleSubmit, formState } = useForm({
    resolver: valibotResolver(form),
    defaultValues: { reason: "" },
  });
  const submit = handleSubmit(({ reason }) =>
    act.mutate({ sequence: row.sequence, reason }, { onSuccess: (shown) => onUnmasked(row, shown) }),
  );
  return (
    <form onSubmit={submit} noValidate className={css.form}>
      <p>{say("unmask.text", { count: row.patients })}</p>
      <AreaField
        label={say("unmask.reason")}
        problem={formState.errors.reason === undefined ? undefined : say("strike.missing")}
        {...register("reason")}
      />
      {act.error === null ? null : <FailureNotice failure={act.error} />}
      <DialogFoot>
        <Button onPress={onClose}>{say("dialog.cancel")}</Button>
        <Button type="submit" look="primary" isDisabled={act.isPending}>
          {say("unmask.do")}
        </Button>
      </DialogFoot>
    </form>
  );
}

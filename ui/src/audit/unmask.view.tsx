import { valibotResolver } from "@hookform/resolvers/valibot";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import type { AuditRowDto } from "../ipc/bindings";
import { useAct } from "../ipc/reply.query";
import { Button } from "../parts/button.view";
import { Dialog, DialogFoot } from "../parts/dialog.view";
import { FailureNotice } from "../parts/failure-notice.view";
import { AreaField } from "../parts/field.view";
import { useWords } from "../words/words";
import css from "./audit.module.css";

const form = v.object({ reason: v.pipe(v.string(), v.trim(), v.minLength(1)) });

interface Props {
  row: AuditRowDto | null;
  onClose: () => void;
  onUnmasked: (sequence: number, patient: string) => void;
}

/** Asks why before a patient of an event is named. */
export function UnmaskDialog({ row, onClose, onUnmasked }: Props) {
  const say = useWords();
  return (
    <Dialog open={row !== null} onClose={onClose} title={say("unmask.title")}>
      {row === null ? null : <UnmaskForm row={row} onClose={onClose} onUnmasked={onUnmasked} />}
    </Dialog>
  );
}

function UnmaskForm({ row, onClose, onUnmasked }: Props & { row: AuditRowDto }) {
  const say = useWords();
  const act = useAct("unmask");
  const { register, handleSubmit, formState } = useForm({
    resolver: valibotResolver(form),
    defaultValues: { reason: "" },
  });
  const submit = handleSubmit(({ reason }) =>
    act.mutate({ sequence: row.sequence, reason }, { onSuccess: (answer) => onUnmasked(row.sequence, answer.patient) }),
  );
  return (
    <form onSubmit={submit} noValidate className={css.form}>
      <p>{say("unmask.text")}</p>
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

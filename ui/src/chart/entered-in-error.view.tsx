import { valibotResolver } from "@hookform/resolvers/valibot";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Button } from "../components/button.view";
import { Dialog, DialogFoot } from "../components/dialog.view";
import { FailureNotice } from "../components/failure-notice.view";
import { TextAreaField } from "../components/field.view";
import { sayBorn } from "../components/patient-banner.view";
import { sayName } from "../components/patient-cell.view";
import type { BannerDto } from "../ipc/bindings";
import { useIpcMutation } from "../ipc/ipc.query";
import { useWords } from "../words/words";
import css from "./chart.module.css";

/** The record to be marked as entered in error. */
export interface RecordToCorrect {
  reference: string;
  title: string;
  when: string;
}

const schema = v.object({ reason: v.pipe(v.string(), v.trim(), v.minLength(1)) });

interface Props {
  record: RecordToCorrect | null;
  banner: BannerDto;
  onClose: () => void;
  /** Called when it was marked. */
  onMarked: (record: RecordToCorrect) => void;
}

/** Asks for the reason why a record was entered in error; the original stays in the history. */
export function EnteredInErrorDialog({ record, banner, onClose, onMarked }: Props) {
  const say = useWords();
  return (
    <Dialog open={record !== null} onClose={onClose} title={say("entered_in_error.title")}>
      {record === null ? null : (
        <EnteredInErrorForm record={record} banner={banner} onClose={onClose} onMarked={onMarked} />
      )}
    </Dialog>
  );
}

function EnteredInErrorForm({ record, banner, onClose, onMarked }: Props & { record: RecordToCorrect }) {
  const say = useWords();
  const markInError = useIpcMutation("mark_entered_in_error");
  const { register, handleSubmit, formState } = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { reason: "" },
  });
  const submit = handleSubmit(({ reason }) =>
    markInError.mutate(
      { reference: record.reference, patient: banner.patient, reason },
      {
        onSuccess: () => {
          onMarked(record);
          onClose();
        },
      },
    ),
  );
  return (
    <form onSubmit={submit} className={css.stack} noValidate>
      <p>
        <b>{record.title}</b> · {record.when}
        <br />
        <span className={css.quiet}>
          {sayName(say, banner)} · {sayBorn(say, banner)}
        </span>
      </p>
      <TextAreaField
        label={say("entered_in_error.reason")}
        hint={say("entered_in_error.hint")}
        error={formState.errors.reason === undefined ? undefined : say("entered_in_error.missing")}
        {...register("reason")}
      />
      {markInError.error === null ? null : <FailureNotice failure={markInError.error} />}
      <DialogFoot>
        <Button onPress={onClose}>{say("dialog.cancel")}</Button>
        <Button type="submit" variant="danger" isDisabled={markInError.isPending}>
          {say("entered_in_error.do")}
        </Button>
      </DialogFoot>
    </form>
  );
}

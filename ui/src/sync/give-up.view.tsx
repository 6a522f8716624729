import { valibotResolver } from "@hookform/resolvers/valibot";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Button } from "../components/button.view";
import { Dialog, DialogFoot } from "../components/dialog.view";
import { FailureNotice } from "../components/failure-notice.view";
import { TextAreaField } from "../components/field.view";
import type { SyncItemDto, SyncPageDto } from "../ipc/bindings";
import { useIpcMutation } from "../ipc/ipc.query";
import { useWords } from "../words/words";
import css from "./sync.module.css";

const schema = v.object({ reason: v.pipe(v.string(), v.trim(), v.minLength(1)) });

interface Props {
  item: SyncItemDto | null;
  title: string;
  onClose: () => void;
  onDone: (page: SyncPageDto) => void;
}

/** Asks for the reason why a change that the server rejects is given up. */
export function GiveUpDialog({ item, title, onClose, onDone }: Props) {
  const say = useWords();
  return (
    <Dialog open={item !== null} onClose={onClose} title={say("sync.give_up.title")}>
      {item === null ? null : <GiveUpForm item={item} title={title} onClose={onClose} onDone={onDone} />}
    </Dialog>
  );
}

function GiveUpForm({ item, title, onClose, onDone }: Props & { item: SyncItemDto }) {
  const say = useWords();
  const giveUp = useIpcMutation("sync_give_up");
  const { register, handleSubmit, formState } = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { reason: "" },
  });
  const submit = handleSubmit(({ reason }) =>
    giveUp.mutate(
      { changeSet: item.changeSet, reason },
      {
        onSuccess: (page) => {
          onDone(page);
          onClose();
        },
      },
    ),
  );
  return (
    <form onSubmit={submit} noValidate>
      <p>
        <b>{title}</b>
        {item.patientName === null ? null : <span> · {item.patientName}</span>}
      </p>
      <TextAreaField
        label={say("sync.give_up.reason")}
        hint={say("sync.give_up.hint")}
        error={formState.errors.reason === undefined ? undefined : say("sync.give_up.missing")}
        {...register("reason")}
      />
      {giveUp.error === null ? null : (
        <div className={css.reason}>
          <FailureNotice failure={giveUp.error} />
        </div>
      )}
      <DialogFoot>
        <Button onPress={onClose}>{say("dialog.cancel")}</Button>
        <Button type="submit" variant="danger" isDisabled={giveUp.isPending}>
          {say("sync.give_up")}
        </Button>
      </DialogFoot>
    </form>
  );
}

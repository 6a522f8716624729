import { valibotResolver } from "@hookform/resolvers/valibot";
import { useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Button } from "../components/button.view";
import { Dialog, DialogFoot } from "../components/dialog.view";
import { FailureNotice } from "../components/failure-notice.view";
import { AreaField } from "../components/field.view";
import { sayBorn } from "../components/patient-banner.view";
import type { BannerDto } from "../ipc/bindings";
import { useAct } from "../ipc/reply.query";
import { useWords } from "../words/words";
import css from "./chart.module.css";

/** What is to be marked as entered in error. */
export interface Struck {
  reference: string;
  title: string;
  when: string;
}

const form = v.object({ reason: v.pipe(v.string(), v.trim(), v.minLength(1)) });

interface Props {
  struck: Struck | null;
  banner: BannerDto;
  onClose: () => void;
}

/** Asks why before a record is struck out as entered in error; the original stays in the history. */
export function StrikeDialog({ struck, banner, onClose }: Props) {
  const say = useWords();
  return (
    <Dialog open={struck !== null} onClose={onClose} title={say("strike.title")}>
      {struck === null ? null : <StrikeForm struck={struck} banner={banner} onClose={onClose} />}
    </Dialog>
  );
}

function StrikeForm({ struck, banner, onClose }: Props & { struck: Struck }) {
  const say = useWords();
  const cache = useQueryClient();
  const act = useAct("strike");
  const { register, handleSubmit, formState } = useForm({
    resolver: valibotResolver(form),
    defaultValues: { reason: "" },
  });
  const strike = handleSubmit(({ reason }) =>
    act.mutate(
      { reference: struck.reference, patient: banner.patient, reason },
      {
        onSuccess: () => {
          for (const name of ["open_chart", "chart_timeline", "chart_notes", "chart_results", "sync_chip"])
            cache.invalidateQueries({ queryKey: [name] });
          onClose();
        },
      },
    ),
  );
  return (
    <form onSubmit={strike} className={css.stack} noValidate>
      <p>
        <b>{struck.title}</b> · {struck.when}
        <br />
        <span className={css.quiet}>
          {banner.family}, {banner.given} · {sayBorn(say, banner)}
        </span>
      </p>
      <AreaField
        label={say("strike.reason")}
        hint={say("strike.hint")}
        problem={formState.errors.reason === undefined ? undefined : say("strike.missing")}
        {...register("reason")}
      />
      {act.error === null ? null : <FailureNotice failure={act.error} />}
      <DialogFoot>
        <Button onPress={onClose}>{say("dialog.cancel")}</Button>
        <Button type="submit" look="danger" isDisabled={act.isPending}>
          {say("strike.do")}
        </Button>
      </DialogFoot>
    </form>
  );
}

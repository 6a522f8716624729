import { valibotResolver } from "@hookform/resolvers/valibot";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Button } from "../components/button.view";
import { FailureNotice } from "../components/failure-notice.view";
import { TextField } from "../components/field.view";
import { useIpc } from "../ipc/ipc-context";
import { messageFor, useWords } from "../words/words";
import css from "./enrol.module.css";
import { StepHead } from "./step-head.view";
import type { StepProps } from "./step-props";

const schema = v.object({
  server: v.pipe(v.string(), v.trim(), v.url()),
  workstation: v.pipe(v.string(), v.trim(), v.minLength(1)),
});

/** The server and the name of this workstation. */
export function ServerStep({ state, run, busy, failure, onCancel }: StepProps<"idle">) {
  const say = useWords();
  const ipc = useIpc();
  const { register, handleSubmit, formState } = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { server: state.server ?? "", workstation: state.workstation ?? "" },
  });
  const rejected = failure?.fields.find(({ field }) => field === "server");
  return (
    <form
      className={css.manual}
      noValidate
      onSubmit={handleSubmit((values) => run(() => ipc.call("enrol_begin", values)))}
    >
      <StepHead title={say("enrol.begin.title")} lead={say("enrol.begin.lead")} />
      <TextField
        label={say("enrol.server")}
        hint={say("enrol.server.hint")}
        error={
          formState.errors.server !== undefined
            ? say("enrol.server.wrong")
            : rejected === undefined
              ? undefined
              : say(messageFor("enrol.server", rejected.reason, "enrol.server.wrong"))
        }
        readOnly={state.server !== null && state.workstation !== null}
        {...register("server")}
      />
      <TextField
        label={say("enrol.workstation")}
        hint={say("enrol.workstation.hint")}
        error={formState.errors.workstation === undefined ? undefined : say("enrol.workstation.missing")}
        readOnly={state.workstation !== null}
        {...register("workstation")}
      />
      {failure === null || rejected !== undefined ? null : <FailureNotice failure={failure} />}
      <div className={css.foot}>
        <Button onPress={onCancel}>{say("dialog.cancel")}</Button>
        <Button type="submit" variant="primary" isDisabled={busy} autoFocus>
          {say("enrol.begin.go")}
        </Button>
      </div>
    </form>
  );
}

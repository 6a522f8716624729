import type { EnrolStateDto, FailureDto } from "../ipc/bindings";

/** Props of the component that shows one step of the enrolment. */
export interface StepProps<S extends EnrolStateDto["step"]> {
  state: Extract<EnrolStateDto, { step: S }>;
  /** Runs a command and shows the step that it returns. */
  run: (command: () => Promise<EnrolStateDto>) => void;
  busy: boolean;
  failure: FailureDto | null;
  onCancel: () => void;
}

import type { FailureDto } from "./bindings";

/** What a rejected call carries; anything else that was thrown reads as `internal`. */
export function asFailure(error: unknown): FailureDto {
  if (typeof error === "object" && error !== null && "code" in error && "incident" in error) {
    return error as FailureDto;
  }
  return { code: "internal", incident: "", waitSeconds: null, attemptsLeft: null, fields: [] };
}

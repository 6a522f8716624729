import type { FailureDto } from "./bindings";

/** The failure carried by a rejected call; any other error becomes `internal`. */
export function asFailure(error: unknown): FailureDto {
  if (typeof error === "object" && error !== null && "code" in error && "incident" in error) {
    return error as FailureDto;
  }
  return { code: "internal", incident: "", waitSeconds: null, attemptsLeft: null, fields: [], replacedBy: [] };
}

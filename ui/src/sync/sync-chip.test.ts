import { expect, test } from "vitest";
import type { SyncStatusDto } from "../ipc/bindings";
import { planChip } from "./sync-chip.view";

const chip = (more: Partial<SyncStatusDto>): SyncStatusDto => ({
  state: "idle",
  complete: "2026-11-22T08:40:00+03:00",
  pending: 0,
  failed: 0,
  conflicts: 0,
  ...more,
});

test("green only if nothing is pending and nothing failed", () => {
  expect(planChip(chip({})).tone).toBe("ok");
  for (const more of [{ pending: 1 }, { failed: 1 }, { conflicts: 1 }, { complete: null }])
    expect(planChip(chip(more)).tone).not.toBe("ok");
});

test("offline is grey, not red", () => {
  expect(planChip(chip({ state: "offline", pending: 9 })).tone).toBe("grey");
});

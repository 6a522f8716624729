import { act, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { NoticeDto, Segment, SegmentHealthDto } from "../ipc/bindings";
import { show } from "../testing/show";

const segmentNotice = (segment: Segment, health: SegmentHealthDto): NoticeDto => ({
  kind: "segment",
  segment,
  health,
  since: null,
  kept: null,
});

test("a notice about a part of the records replaces the earlier notice about the same part only", async () => {
  const { ipc } = await show({ role: "nurse" });
  act(() => ipc.emit("notice", segmentNotice("clinical", "rebuilding")));
  act(() => ipc.emit("notice", segmentNotice("encounters", "rebuilding")));
  act(() => ipc.emit("notice", segmentNotice("clinical", "whole")));
  expect(await screen.findByText("Records are complete again: clinical records")).toBeVisible();
  expect(screen.queryByText("Records are being downloaded again: clinical records")).toBeNull();
  expect(screen.getByText("Records are being downloaded again: visits and diagnoses")).toBeVisible();
});

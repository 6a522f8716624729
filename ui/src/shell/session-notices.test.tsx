import { act, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { NoticeDto } from "../ipc/bindings";
import { show } from "../testing/show";

const of = (segment: string, health: string): NoticeDto => ({ kind: "segment", segment, health, since: "", kept: "" });

test("what is said of a part takes the place of what was said of it before, and of no other", async () => {
  const { ipc } = await show({ role: "nurse" });
  act(() => ipc.emit("notice", of("clinical", "rebuilding")));
  act(() => ipc.emit("notice", of("encounters", "rebuilding")));
  act(() => ipc.emit("notice", of("clinical", "whole")));
  expect(await screen.findByText("Records are complete again: clinical records")).toBeVisible();
  expect(screen.queryByText("Records are being downloaded again: clinical records")).toBeNull();
  expect(screen.getByText("Records are being downloaded again: visits and diagnoses")).toBeVisible();
});

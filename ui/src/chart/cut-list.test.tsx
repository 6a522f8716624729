import { render, screen } from "@testing-library/react";
import { IntlProvider } from "react-intl";
import { expect, test } from "vitest";
import { FailureNotice } from "../components/failure-notice.view";
import type { ProblemDto } from "../ipc/bindings";
import { makeFailure } from "../ipc/fake/fake-ipc";
import { messages } from "../words/words";
import { type ChartFacts, ChartFactsProvider } from "./absence";
import { ProblemsCards } from "./problems.view";

const facts: ChartFacts = {
  completeness: { asOf: "2026-11-22T08:40:00+03:00", missing: [], unavailable: [], failed: [], partial: false },
  unreadable: [],
  counts: [],
  cut: [{ tab: "problems", shown: 1, total: 340 }],
};

const problem: ProblemDto = {
  id: "c1",
  text: "Gout",
  group: "active",
  absence: null,
  marks: [],
  status: "active",
  onset: null,
  abatement: null,
  recorded: null,
  severity: null,
  bodySites: [],
  stages: [],
  evidence: [],
  categories: [],
  notes: [],
  narrative: null,
  record: "synced",
};

function show(children: React.ReactNode, chart = facts) {
  render(
    <IntlProvider locale="en" messages={messages}>
      <ChartFactsProvider value={chart}>{children}</ChartFactsProvider>
    </IntlProvider>,
  );
}

test("a list that is cut says how long it is, and its count is not said", () => {
  show(<ProblemsCards problems={[problem]} />);
  expect(screen.getByRole("status")).toHaveTextContent("Showing 1 of 340. All of them are in the timeline.");
  expect(screen.queryByText("1 active")).toBeNull();
});

test("a whole list says its count and nothing else", () => {
  show(<ProblemsCards problems={[problem]} />, { ...facts, cut: [{ tab: "medicines", shown: 1, total: 340 }] });
  expect(screen.queryByRole("status")).toBeNull();
  expect(screen.getByText("1 active")).toBeVisible();
});

test("a refused save of a merged patient names the record that takes the entries", () => {
  const failure = makeFailure("record_replaced", { replacedBy: [{ patient: "p2", name: "OKAFOR, Chidi" }] });
  show(<FailureNotice failure={failure} />);
  expect(screen.getByRole("alert")).toHaveTextContent(
    "This record was merged into OKAFOR, Chidi. It takes no new entries.",
  );
});

import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { Button } from "../components/button.view";
import { FailureNotice } from "../components/failure-notice.view";
import { Notice } from "../components/notice.view";
import { PatientBanner } from "../components/patient-banner.view";
import { useShortcuts } from "../components/shortcuts";
import type { ChartDto, ChartTabDto, LinkedDto } from "../ipc/bindings";
import { useIpcQuery } from "../ipc/ipc.query";
import { useIpc } from "../ipc/ipc-context";
import { useSession } from "../session/session-context";
import { VisitPane } from "../visit/visit-pane.view";
import { useWords } from "../words/words";
import { ChartFactsProvider } from "./absence";
import { AllergiesCard, OtherAllergiesCards } from "./allergies.view";
import css from "./chart.module.css";
import { ChartNotices, hasNotices } from "./chart-notices.view";
import { Completeness } from "./completeness.view";
import { CorrectionsProvider } from "./corrections";
import { ImmunisationsCard } from "./immunisations.view";
import { Marks } from "./marks.view";
import { MedicinesTab } from "./medicines.view";
import { Notes } from "./notes.view";
import { ProblemsCards } from "./problems.view";
import { RecordMenuProvider } from "./record-menu.view";
import { ResultsTab } from "./results-tab.view";
import { Summary } from "./summary.view";
import { RecordsTab } from "./timeline.view";
import { VitalsTab } from "./vitals-tab.view";

/** Tabs that scroll as a whole; in the others a list fills the height. */
const SCROLLED: readonly ChartTabDto[] = ["summary", "vitals", "medicines", "problems", "allergies", "immunisations"];

const route = getRouteApi("/chart/$patient/$tab");

/** The chart of one patient. */
export function ChartPage() {
  const { patient } = route.useParams();
  return <Chart key={patient} patient={patient} />;
}

function Chart({ patient }: { patient: string }) {
  const say = useWords();
  const ipc = useIpc();
  const { tab } = route.useParams();
  const { pane, draft } = route.useSearch();
  const navigate = useNavigate();
  const { may } = useSession();
  const reply = useIpcQuery("open_chart", { patient });
  useEffect(
    () => () => {
      ipc.call("close_chart", { patient }).catch(() => undefined);
    },
    [ipc, patient],
  );
  const show = (next: { tab?: string; pane?: string | undefined; draft?: string | undefined }) =>
    navigate({
      to: "/chart/$patient/$tab",
      params: { patient, tab: next.tab ?? tab },
      search: { pane: "pane" in next ? next.pane : pane, draft: "pane" in next ? next.draft : draft },
      replace: true,
    });
  const replacedBy = reply.data?.banner.replacedBy ?? [];
  const vitals = may("record_vitals") && replacedBy.length === 0;
  const notes = may("write_note") && replacedBy.length === 0;
  useShortcuts({
    v: vitals ? () => show({ pane: "vitals" }) : undefined,
    w: notes ? () => show({ pane: "note" }) : undefined,
  });
  if (reply.error !== null) {
    return (
      <div className={css.failure}>
        <FailureNotice failure={reply.error} onRetry={() => reply.refetch()} />
      </div>
    );
  }
  const chart = reply.data;
  if (chart === undefined) return <div aria-busy="true" />;
  const tabs: ChartTabDto[] = chart.tabs.length === 0 ? ["summary"] : chart.tabs;
  const current = tabs.find((key) => key === tab) ?? tabs[0] ?? "summary";
  const withNotices = hasNotices(chart);
  const fillsHeight = !SCROLLED.includes(current);
  return (
    <div className={`${css.chart} ${vitals || notes ? css.withSide : ""}`}>
      <div>
        <PatientBanner banner={chart.banner} marks={<Marks marks={chart.banner.marks} />} />
        <MergedNotice replacedBy={replacedBy} />
      </div>
      {/* Tabs renders its children twice to collect the tabs, so stateful components are outside it. */}
      <Tabs className={css.tabs ?? ""} selectedKey={current} onSelectionChange={(key) => show({ tab: String(key) })}>
        <div className={css.tabRow}>
          <TabList className={css.tabList ?? ""} aria-label={say("tab.label")}>
            {tabs.map((key) => (
              <Tab key={key} id={key} className={css.tab ?? ""}>
                {say(`tab.${key}`)}
              </Tab>
            ))}
          </TabList>
          <Completeness completeness={chart.completeness} />
        </div>
        <TabPanel
          key={current}
          id={current}
          className={`${css.panel} ${fillsHeight ? css.fillsHeight : ""} ${withNotices ? css.withNotice : ""}`}
        >
          {withNotices ? <ChartNotices chart={chart} /> : null}
          <ChartFactsProvider value={chart}>
            <CorrectionsProvider banner={chart.banner}>
              {current === "summary" ? (
                <Summary chart={chart} />
              ) : (
                <RecordMenuProvider patient={chart.banner.patient} correctable={chart.correctable}>
                  <Panel chart={chart} tab={current} />
                </RecordMenuProvider>
              )}
            </CorrectionsProvider>
          </ChartFactsProvider>
        </TabPanel>
      </Tabs>
      {vitals || notes ? (
        <div className={css.side}>
          <VisitPane chart={chart} pane={pane} draft={draft} onPane={(next, of) => show({ pane: next, draft: of })} />
        </div>
      ) : null}
    </div>
  );
}

/** That a record was merged, and the way to the one that took its place. */
function MergedNotice({ replacedBy }: { replacedBy: readonly LinkedDto[] }) {
  const say = useWords();
  const navigate = useNavigate();
  return replacedBy.map(({ patient, name }) => {
    const other = name ?? say("merged.other");
    const open =
      patient === null ? undefined : (
        <Button
          variant="link"
          onPress={() => navigate({ to: "/chart/$patient/$tab", params: { patient, tab: "summary" }, search: {} })}
        >
          {say("merged.open", { name: other })}
        </Button>
      );
    const title =
      name === null && patient === null ? say("merged.title.unnamed") : say("merged.title", { name: other });
    return <Notice key={patient ?? other} tone="warn" role="status" title={title} action={open} />;
  });
}

function Panel({ chart, tab }: { chart: ChartDto; tab: Exclude<ChartTabDto, "summary"> }) {
  switch (tab) {
    case "timeline":
    case "visits":
    case "reports":
    case "orders":
    case "procedures":
    case "care_plans":
    case "devices":
    case "family_history":
    case "other":
      return <RecordsTab patient={chart.banner.patient} tab={tab} />;
    case "notes":
      return <Notes chart={chart} />;
    case "results":
      return <ResultsTab patient={chart.banner.patient} />;
    case "vitals":
      return <VitalsTab chart={chart} />;
    case "medicines":
      return <MedicinesTab medicines={chart.medicines} />;
    case "problems":
      return <ProblemsCards problems={chart.problems} />;
    case "allergies":
      return (
        <div className={css.stack}>
          <AllergiesCard allergies={chart.allergies} />
          <OtherAllergiesCards allergies={chart.allergies} />
        </div>
      );
    case "immunisations":
      return <ImmunisationsCard immunisations={chart.immunisations} />;
  }
}

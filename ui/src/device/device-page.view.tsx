import { Card, CardEmpty, CardRow } from "../components/card.view";
import { Chip, type Tone } from "../components/chip.view";
import { FailureNotice } from "../components/failure-notice.view";
import { Notice } from "../components/notice.view";
import { Page } from "../components/page.view";
import type { DeviceDto, NameValueDto, SegmentDto, SegmentStateDto } from "../ipc/bindings";
import { useIpcQuery } from "../ipc/ipc.query";
import { formatBytes, formatCount } from "../words/numbers";
import { messageFor, useWords } from "../words/words";
import css from "./device.module.css";

const TONES: Record<SegmentStateDto, Tone> = { ok: "ok", absent: "grey", locked: "grey", aside: "warn" };

/** The state of the workstation: versions, keychain, segments, counts; no patient data. */
export function DevicePage() {
  const say = useWords();
  const reply = useIpcQuery("device");
  const device = reply.data;
  return (
    <Page title={say("device.title")} aside={device === undefined ? "" : (device.site ?? device.name ?? "")} scrolling>
      {reply.error === null ? null : <FailureNotice failure={reply.error} onRetry={() => reply.refetch()} />}
      {device === undefined ? null : (
        <div className={css.columns}>
          <div className={css.column}>
            <Findings device={device} />
            <Segments segments={device.segments} />
          </div>
          <div className={css.column}>
            <Health device={device} />
            <Values title={say("device.versions")} values={device.versions} prefix="version" />
            <Values title={say("device.policy")} values={device.policy} prefix="policy" />
          </div>
        </div>
      )}
    </Page>
  );
}

function Findings({ device }: { device: DeviceDto }) {
  const say = useWords();
  return (
    <Card title={say("device.findings")} aside={device.findings.length}>
      {device.findings.length === 0 ? (
        <CardEmpty>{say("device.findings.none")}</CardEmpty>
      ) : (
        <div className={css.findings}>
          {device.findings.map((finding) => (
            <Notice
              key={finding}
              tone="warn"
              title={say(messageFor("device.finding", finding, "device.finding.other"), { name: finding })}
            >
              {say(messageFor("device.finding", `${finding}.next`, "device.finding.next"))}
            </Notice>
          ))}
        </div>
      )}
    </Card>
  );
}

function Segments({ segments }: { segments: SegmentDto[] }) {
  const say = useWords();
  return (
    <Card title={say("device.segments")}>
      <ul>
        {segments.map((segment) => (
          <li key={segment.name} className={css.segment}>
            <span>{say(`segment.${segment.name}`)}</span>
            <span className={css.end}>{formatBytes(segment.bytes)}</span>
            <span className={`${css.quiet} ${css.end}`}>
              {say("device.generation", { number: segment.generation })}
            </span>
            <span className={css.end}>
              <Chip tone={TONES[segment.state]}>{say(`segment.state.${segment.state}`)}</Chip>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Health({ device }: { device: DeviceDto }) {
  const say = useWords();
  return (
    <Card title={say("device.health")}>
      <ul>
        <CardRow
          end={
            <Chip tone={device.keychain === "ready" ? "ok" : "critical"}>
              {say(`device.keychain.${device.keychain}`)}
            </Chip>
          }
        >
          {say("device.keychain")}
        </CardRow>
        {device.name === null ? null : <CardRow end={device.name}>{say("device.name")}</CardRow>}
        <CardRow end={device.server ?? say("device.server.none")}>{say("device.server")}</CardRow>
        <CardRow end={formatCount(device.slots)}>{say("device.slots")}</CardRow>
        <CardRow end={formatCount(device.ledgerEvents)}>{say("device.ledger")}</CardRow>
        <CardRow end={formatCount(device.ledgerPending)}>{say("device.ledger.pending")}</CardRow>
      </ul>
    </Card>
  );
}

function Values({ title, values, prefix }: { title: string; values: NameValueDto[]; prefix: string }) {
  const say = useWords();
  return (
    <Card title={title}>
      <ul>
        {values.map(({ name, value }) => (
          <CardRow key={name} end={value}>
            {say(messageFor(prefix, name, "policy.other"), { name })}
          </CardRow>
        ))}
      </ul>
    </Card>
  );
}

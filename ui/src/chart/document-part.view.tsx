import { lazy, Suspense, useId } from "react";
import { Button } from "../components/button.view";
import { FailureNotice } from "../components/failure-notice.view";
import { Notice } from "../components/notice.view";
import type { DocumentBodyDto, DocumentFaultDto, DocumentNoticeDto, DocumentPartDto } from "../ipc/bindings";
import { formatDateTime } from "../words/dates";
import { formatBytes } from "../words/numbers";
import { type Say, useWords } from "../words/words";
import css from "./document.module.css";
import { DocumentBody } from "./document-body.view";
import { ImageView } from "./image-view.view";
import { LARGEST_DOCUMENT, useOpenDocument } from "./open-document";

type Opened = ReturnType<typeof useOpenDocument>;

const PdfView = lazy(() => import("./pdf-view.view").then((found) => ({ default: found.PdfView })));

interface Props {
  patient: string;
  /** The record, for example `DocumentReference/n1`. */
  reference: string;
  part: DocumentPartDto;
  /** Number of parts of the record. */
  count: number;
  /** What the record is called. */
  kind: string | null;
}

/** One attachment: what it is, and its text, or why it has none. Never blank. */
export function DocumentPart({ patient, reference, part, count, kind }: Props) {
  const say = useWords();
  const id = useId();
  const opened = useOpenDocument({ patient, reference, index: part.index });
  const title = part.title === kind && count === 1 ? null : part.title;
  const name = title ?? (count > 1 ? say("document.part", { number: part.index + 1, count }) : null);
  const facts = sayFacts(say, part);
  // A note that is nothing but its text needs no headline.
  const isNote = part.body?.complete === true && (part.size === null || part.body.preformatted);
  const isPlain = name === null && isNote && part.faults.length + (part.body?.notices.length ?? 0) === 0;
  return (
    <section className={css.part} aria-labelledby={isPlain ? undefined : id}>
      {isPlain ? null : (
        <div className={css.head} id={id}>
          {name === null ? null : <span className={css.title}>{name}</span>}
          {facts.map((fact) => (
            <span key={fact}>{fact}</span>
          ))}
        </div>
      )}
      <Notices
        faults={opened.document?.faults ?? part.faults}
        notices={opened.document?.notices ?? part.body?.notices ?? []}
      />
      {opened.failure === null ? null : <FailureNotice failure={opened.failure} onRetry={opened.retry} />}
      <Content part={part} opened={opened} />
    </section>
  );
}

function Content({ part, opened }: { part: DocumentPartDto; opened: Opened }) {
  const say = useWords();
  const { document } = opened;
  if (document !== null && document.form === "text") {
    return (
      <>
        <DocumentBody pieces={opened.pieces} preformatted={document.preformatted} handle={document.handle} />
        <div className={css.actions}>
          {opened.next === null ? null : (
            <Button onPress={opened.more} isDisabled={opened.busy}>
              {say("document.more")}
            </Button>
          )}
          <Button variant="link" onPress={opened.close}>
            {say("document.close")}
          </Button>
        </div>
      </>
    );
  }
  if (document?.form === "large_image") return <p className={css.words}>{say("document.large_image")}</p>;
  if (document?.form === "other") return <p className={css.words}>{say("document.other")}</p>;
  if (document !== null) return <Viewer part={part} opened={opened} />;
  switch (part.place.kind) {
    case "empty":
      return <p className={css.words}>{say("document.empty")}</p>;
    case "undecodable":
      return <p className={css.words}>{say("document.undecodable")}</p>;
    case "elsewhere":
      return <p className={css.words}>{say("document.elsewhere", { address: part.place.address })}</p>;
    case "server":
      return <OnServer address={part.place.address} part={part} opened={opened} />;
    case "here":
      return <Here part={part} opened={opened} />;
  }
}

/** A PDF or a picture: its progress, then itself. */
function Viewer({ part, opened }: { part: DocumentPartDto; opened: Opened }) {
  const say = useWords();
  const { bytes, document } = opened;
  if (document === null) return null;
  const label = part.title ?? say(document.form === "pdf" ? "document.pdf" : "document.image");
  const progress = { read: formatBytes(opened.read), size: formatBytes(document.size) };
  return (
    <>
      <div className={css.actions}>
        {bytes === null ? <span aria-live="polite">{say("document.progress", progress)}</span> : null}
        <Button onPress={opened.close}>{say(bytes === null ? "document.cancel" : "document.close")}</Button>
      </div>
      {bytes === null ? null : document.form === "pdf" ? (
        <Suspense fallback={<div aria-busy="true" />}>
          <PdfView bytes={bytes} label={label} />
        </Suspense>
      ) : (
        <ImageView bytes={bytes} contentType={document.contentType} label={label} />
      )}
    </>
  );
}

/** An attachment that is a Binary of the clinic's own server: opened from this workstation or from there. */
function OnServer({ address, part, opened }: { address: string; part: DocumentPartDto; opened: Opened }) {
  const say = useWords();
  return (
    <>
      <p className={css.words}>{say("document.server", { address })}</p>
      <OpenButton part={part} opened={opened} />
    </>
  );
}

function OpenButton({ part, opened }: { part: DocumentPartDto; opened: Opened }) {
  const say = useWords();
  if (part.size !== null && part.size > LARGEST_DOCUMENT)
    return <p className={css.words}>{say("document.too_large")}</p>;
  return (
    <div className={css.actions}>
      <OpenOrCancel label={say("document.open")} opened={opened} />
    </div>
  );
}

/** Opens a document; while that lasts, it can be cancelled. */
function OpenOrCancel({ label, opened }: { label: string; opened: Opened }) {
  const say = useWords();
  if (!opened.busy) return <Button onPress={() => opened.open(false)}>{label}</Button>;
  return (
    <>
      <span aria-live="polite">{say("document.loading")}</span>
      <Button onPress={opened.close}>{say("document.cancel")}</Button>
    </>
  );
}

function Here({ part, opened }: { part: DocumentPartDto; opened: Opened }) {
  const say = useWords();
  const { body } = part;
  if (part.form === "large_image") return <p className={css.words}>{say("document.large_image")}</p>;
  if (part.form === "other") return <p className={css.words}>{say("document.other")}</p>;
  if (part.size !== null && part.size > LARGEST_DOCUMENT)
    return <p className={css.words}>{say("document.too_large")}</p>;
  if (part.form !== "text") return <OpenButton part={part} opened={opened} />;
  const hasText = body === null || body.pieces.length > 0;
  // Plain text is shown as recorded already.
  const hasSource = part.size !== null && body !== null && !(body.preformatted && body.notices.length === 0);
  return (
    <>
      {body === null ? null : <DocumentBody pieces={body.pieces} preformatted={body.preformatted} />}
      {hasText ? null : <p className={css.words}>{say("document.blank")}</p>}
      <div className={css.actions}>
        {body?.complete ? null : <OpenOrCancel label={say(openLabel(body))} opened={opened} />}
        {hasSource ? (
          <Button variant="link" onPress={() => opened.open(true)} isDisabled={opened.busy}>
            {say("document.open.source")}
          </Button>
        ) : null}
      </div>
    </>
  );
}

/** What is there to see once it is opened. */
function openLabel(body: DocumentBodyDto | null) {
  if (body === null) return "document.open";
  const hasPictures = body.pieces.some((piece) => piece.kind === "omitted" && piece.what === "unopened_image");
  return hasPictures ? "document.open.pictures" : "document.open.whole";
}

function Notices({ faults, notices }: { faults: DocumentFaultDto[]; notices: DocumentNoticeDto[] }) {
  const say = useWords();
  if (faults.length === 0 && notices.length === 0) return null;
  const words = (notice: DocumentNoticeDto) =>
    notice.kind === "guessed_charset"
      ? say("document.notice.guessed_charset", { charset: notice.charset })
      : say(`document.notice.${notice.kind}`);
  return (
    <div className={css.notices}>
      {faults.map((fault) => (
        <Notice key={fault} tone="warn" title={say(`document.${fault}`)} />
      ))}
      {notices.map((notice) => (
        <Notice key={notice.kind} tone={notice.kind === "unformatted" ? "info" : "warn"} title={words(notice)} />
      ))}
    </div>
  );
}

function sayFacts(say: Say, part: DocumentPartDto): string[] {
  const isRecord = part.contentType === null && part.size === null && part.place.kind === "here";
  const facts = [
    part.contentType ?? (isRecord ? null : say("document.type.unknown")),
    part.size === null ? null : formatBytes(part.size),
    part.format === null ? null : say("document.format", { format: part.format }),
    part.language === null ? null : say("document.language", { code: part.language }),
    part.created === null ? null : say("document.made", { at: formatDateTime(part.created) }),
  ];
  return facts.filter((fact) => fact !== null);
}

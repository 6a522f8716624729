import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button } from "../components/button.view";
import { useWords } from "../words/words";
import css from "./document.module.css";
import { drawOn, Viewer } from "./viewer";

interface Props {
  bytes: Uint8Array<ArrayBuffer>;
  /** What the document is, for screen readers. */
  label: string;
}

/** Zoom steps, in percent. */
const ZOOM = [50, 75, 100, 125, 150, 200, 300];
/** A PDF, one page at a time, with its text for screen readers and for copying. */
export function PdfView({ bytes, label }: Props) {
  const say = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pdf, setPdf] = useState<{ viewer: Viewer; count: number } | null>(null);
  const [failed, setFailed] = useState(false);
  const [page, setPage] = useState(1);
  const [zoom, setZoom] = useState(2);
  const [text, setText] = useState("");
  const [isIncomplete, setIncomplete] = useState(false);
  const [showsText, setShowsText] = useState(false);
  useEffect(() => {
    const viewer = new Viewer();
    let gone = false;
    // The frame takes the bytes over; the view gets new ones whenever it is shown.
    viewer.openPdf(bytes).then((count) => {
      if (gone) return;
      if (count === null) setFailed(true);
      else setPdf({ viewer, count });
    });
    return () => {
      gone = true;
      viewer.close();
    };
  }, [bytes]);
  useEffect(() => {
    if (pdf === null) return;
    let gone = false;
    const scale = ((ZOOM[zoom] ?? 100) / 100) * (globalThis.devicePixelRatio || 1);
    pdf.viewer.drawPage(page, scale).then((drawn) => {
      const target = canvas.current;
      if (gone || target === null) return drawn?.bitmap.close();
      if (drawn === null) return setFailed(true);
      drawOn(target, drawn.bitmap);
      setText(drawn.text);
      setIncomplete(drawn.isIncomplete);
    });
    return () => {
      gone = true;
    };
  }, [pdf, page, zoom]);
  if (failed) return <p className={css.words}>{say("document.damaged")}</p>;
  if (pdf === null) return <div aria-busy="true" />;
  const { count } = pdf;
  const turn = (by: number) => setPage(Math.min(count, Math.max(1, page + by)));
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { PageDown: 1, ArrowRight: 1, PageUp: -1, ArrowLeft: -1, Home: -count, End: count }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    turn(by);
  };
  return (
    <>
      <div className={css.actions}>
        <Button onPress={() => turn(-1)} isDisabled={page === 1}>
          {say("document.page.before")}
        </Button>
        <span aria-live="polite">{say("document.page", { page, count })}</span>
        <Button onPress={() => turn(1)} isDisabled={page === count}>
          {say("document.page.next")}
        </Button>
        <Button onPress={() => setZoom(Math.max(0, zoom - 1))} isDisabled={zoom === 0}>
          {say("document.zoom.out")}
        </Button>
        <Button onPress={() => setZoom(Math.min(ZOOM.length - 1, zoom + 1))} isDisabled={zoom === ZOOM.length - 1}>
          {say("document.zoom.in")}
        </Button>
        <Button variant="link" onPress={() => setShowsText(!showsText)}>
          {say(showsText ? "document.text.hide" : "document.text.show")}
        </Button>
      </div>
      {isIncomplete ? (
        <p className={css.words} role="status">
          {say("document.page.incomplete")}
        </p>
      ) : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling section must be reachable with the keyboard */}
      <section className={css.pages} tabIndex={0} aria-label={label} onKeyDown={onKeyDown}>
        <canvas ref={canvas} role="img" aria-label={say("document.page.label", { label, page })} className={css.page} />
      </section>
      {showsText ? (
        <p className={`${css.words} ${css.preformatted}`}>{text.trim() || say("document.text.none")}</p>
      ) : null}
    </>
  );
}

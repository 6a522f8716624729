import { useEffect, useRef, useState } from "react";
import { Button } from "../components/button.view";
import { useWords } from "../words/words";
import css from "./document.module.css";
import { drawOn, Viewer } from "./viewer";

interface Props {
  bytes: Uint8Array<ArrayBuffer>;
  contentType: string;
  /** What the picture is, for screen readers. */
  label: string;
}

/** Zoom steps, in percent of the width of the reader. */
const ZOOM = [100, 150, 200, 300, 400];

/** A picture, drawn without an address: no other page or file is involved. */
export function ImageView({ bytes, contentType, label }: Props) {
  const say = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [failed, setFailed] = useState(false);
  const [zoom, setZoom] = useState(0);
  useEffect(() => {
    const viewer = new Viewer();
    let gone = false;
    viewer.drawPicture(bytes, contentType).then((bitmap) => {
      viewer.close();
      const target = canvas.current;
      if (gone || target === null) return bitmap?.close();
      if (bitmap === null) setFailed(true);
      else drawOn(target, bitmap);
    });
    return () => {
      gone = true;
      viewer.close();
    };
  }, [bytes, contentType]);
  if (failed) return <p className={css.words}>{say("document.damaged")}</p>;
  return (
    <>
      <div className={css.actions}>
        <Button onPress={() => setZoom(Math.max(0, zoom - 1))} isDisabled={zoom === 0}>
          {say("document.zoom.out")}
        </Button>
        <Button onPress={() => setZoom(Math.min(ZOOM.length - 1, zoom + 1))} isDisabled={zoom === ZOOM.length - 1}>
          {say("document.zoom.in")}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling section must be reachable with the keyboard */}
      <section className={css.scroll} tabIndex={0} aria-label={label}>
        <canvas
          ref={canvas}
          role="img"
          aria-label={label}
          className={`${css.picture} ${css[`zoom${ZOOM[zoom] ?? 100}`]}`}
        />
      </section>
    </>
  );
}

import { useEffect, useRef, useState } from "react";
import type { PieceDto } from "../ipc/bindings";
import { useIpc } from "../ipc/ipc-context";
import { useWords } from "../words/words";
import css from "./document.module.css";
import { readBytes } from "./document-bytes";
import { drawOn, Viewer } from "./viewer";

interface Props {
  handle: string | undefined;
  picture: Extract<PieceDto, { kind: "picture" }>;
}

/** A picture within a text. */
export function DocumentPicture({ handle, picture }: Props) {
  const say = useWords();
  const ipc = useIpc();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [failed, setFailed] = useState(handle === undefined);
  const { index, size, contentType, label } = picture;
  useEffect(() => {
    if (handle === undefined) return;
    const controller = new AbortController();
    const viewer = new Viewer();
    const draw = async () => {
      const wanted = { handle, picture: index, size };
      const bytes = await readBytes(ipc, wanted, () => undefined, controller.signal);
      const bitmap = bytes === null ? null : await viewer.drawPicture(bytes, contentType);
      viewer.close();
      if (controller.signal.aborted || canvas.current === null) return bitmap?.close();
      if (bitmap === null) setFailed(true);
      else drawOn(canvas.current, bitmap);
    };
    draw().catch(() => {
      if (!controller.signal.aborted) setFailed(true);
    });
    return () => {
      controller.abort();
      viewer.close();
    };
  }, [ipc, handle, index, size, contentType]);
  if (failed) {
    const words = label === null ? say("document.omitted.image") : say("document.omitted.image.label", { label });
    return <span className={css.omitted}>[{words}]</span>;
  }
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label ?? say("document.image")}
      className={`${css.picture} ${css.zoom100}`}
    />
  );
}

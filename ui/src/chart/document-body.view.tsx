import { createElement, type ReactNode } from "react";
import type { DirectionDto, ElementDto, PieceDto } from "../ipc/bindings";
import { type Say, useWords } from "../words/words";
import css from "./document.module.css";
import { DocumentPicture } from "./document-picture.view";

interface Props {
  pieces: PieceDto[];
  /** Whether spaces and line breaks of the text count. */
  preformatted: boolean;
  /** The open document; without one, its pictures are not here. */
  handle?: string;
}

/**
 * The text of a document. INVARIANT: elements are made from a closed list and text is only text, so that nothing in a
 * document can run, fetch or style anything.
 */
export function DocumentBody({ pieces, preformatted, handle }: Props) {
  const say = useWords();
  return <div className={`${css.body} ${preformatted ? css.preformatted : ""}`}>{build(pieces, say, handle)}</div>;
}

/** An element that is open while the pieces are read. */
interface Frame {
  element: ElementDto;
  direction: DirectionDto | null;
  children: { name: ElementDto["name"] | "other"; node: ReactNode }[];
  text: string;
}

const ROOT: ElementDto = { name: "block" };
const NUMBERING = { decimal: "1", lower_alpha: "a", upper_alpha: "A", lower_roman: "i", upper_roman: "I" } as const;

/** Elements of the page from pieces; elements that are still open at the end of a cut text end there. */
function build(pieces: PieceDto[], say: Say, handle: string | undefined): ReactNode[] {
  const root: Frame = { element: ROOT, direction: null, children: [], text: "" };
  const open: Frame[] = [root];
  let lastHeading = 2;
  const top = () => open.at(-1) ?? root;
  const add = (node: ReactNode, name: ElementDto["name"] | "other" = "other") => top().children.push({ name, node });
  const close = () => {
    const frame = open.length > 1 ? open.pop() : undefined;
    if (frame === undefined) return;
    top().text += frame.text;
    if (frame.element.name === "heading") lastHeading = Math.min(frame.element.level + 2, lastHeading + 1, 6);
    add(render(frame, top().children.length, lastHeading, say), frame.element.name);
  };
  for (const piece of pieces) {
    switch (piece.kind) {
      case "open":
        open.push({ element: piece.element, direction: piece.direction, children: [], text: "" });
        break;
      case "close":
        close();
        break;
      case "text":
        // White space between rows and items is no text.
        if (piece.text.trim() !== "" || !isContainer(top().element)) add(piece.text);
        top().text += piece.text;
        break;
      default:
        add(<Single key={top().children.length} piece={piece} handle={handle} />);
    }
  }
  while (open.length > 1) close();
  return root.children.map((child) => child.node);
}

const CONTAINERS: ElementDto["name"][] = ["table", "row", "list", "numbered_list"];

function isContainer(element: ElementDto): boolean {
  return CONTAINERS.includes(element.name);
}

type SinglePiece = Exclude<PieceDto, { kind: "open" | "close" | "text" }>;

function Single({ piece, handle }: { piece: SinglePiece; handle: string | undefined }) {
  const say = useWords();
  switch (piece.kind) {
    case "break":
      return <br />;
    case "rule":
      return <hr className={css.rule} />;
    case "checkbox": {
      const name = say(piece.checked ? "document.checkbox.checked" : "document.checkbox.unchecked");
      return (
        <span role="img" aria-label={name}>
          {piece.checked ? "☑" : "☐"}
        </span>
      );
    }
    case "picture":
      return <DocumentPicture handle={handle} picture={piece} />;
    case "omitted": {
      const { label, what } = piece;
      const words = label === null ? say(`document.omitted.${what}`) : say(`document.omitted.${what}.label`, { label });
      return <span className={css.omitted}>[{words}]</span>;
    }
    case "field":
      return (
        <div className={css.field}>
          <span className={css.label}>{say(`document.field.${piece.field}`)}</span> {piece.text}
        </div>
      );
  }
}

function render({ element, direction, children, text }: Frame, key: number, level: number, say: Say): ReactNode {
  const nodes = children.map((child) => child.node);
  const own = { key, ...(direction === null ? {} : { dir: direction }) };
  const make = (tag: string, props: object = {}) => createElement(tag, { ...own, ...props }, ...nodes);
  switch (element.name) {
    case "block":
      return make("div");
    case "paragraph":
      return make("div", { className: css.paragraph });
    case "heading":
      return make("div", { role: "heading", "aria-level": level, className: css.heading });
    case "list":
      return createElement("ul", { ...own, className: css.list }, ...wrapped(children, ["item"], "li"));
    case "numbered_list": {
      const props = { ...own, className: css.list, start: element.start, type: NUMBERING[element.numbering] };
      return createElement("ol", props, ...wrapped(children, ["item"], "li"));
    }
    case "item":
      return make("li", element.number === null ? {} : { value: element.number });
    case "terms":
      return make("div", { className: css.paragraph });
    case "term":
      return make("div", { className: css.term });
    case "definition":
      return make("div", { className: css.definition });
    case "table":
      return table(own, children);
    case "caption":
      return make("caption", { className: css.caption });
    case "row":
      return createElement("tr", own, ...wrapped(children, ["cell", "header_cell"], "td"));
    case "header_cell":
      return make("th", { className: css.cell, colSpan: element.columns, rowSpan: element.rows });
    case "cell":
      return make("td", { className: css.cell, colSpan: element.columns, rowSpan: element.rows });
    case "quote":
      return make("blockquote", { className: css.quote });
    case "preformatted":
      return make("div", { className: css.preformatted });
    case "code":
      return make("code");
    case "strong":
      return make("strong");
    case "emphasis":
      return make("em");
    case "underlined":
      return make("u");
    case "crossed_out":
      return make("del", { className: css.crossedOut });
    case "inserted":
      return make("ins");
    case "superscript":
      return make("sup");
    case "subscript":
      return make("sub");
    case "link": {
      const { address } = element;
      if (text.trim() === address) return make("span");
      return (
        <span key={key}>
          {nodes} <span className={css.address}>{say("document.link", { address })}</span>
        </span>
      );
    }
  }
}

/** A caption before the rows; anything else in a table becomes a row. */
function table(own: { key: number }, children: Frame["children"]): ReactNode {
  const captions = children.filter((child) => child.name === "caption").map((child) => child.node);
  const rows = children
    .filter((child) => child.name !== "caption")
    .map((child, at) =>
      child.name === "row" ? (
        child.node
      ) : (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a document never change
        <tr key={`row${at}`}>
          {child.name === "cell" || child.name === "header_cell" ? child.node : <td>{child.node}</td>}
        </tr>
      ),
    );
  return (
    <div className={css.scroll} key={own.key}>
      <table className={css.table}>
        {captions[0]}
        <tbody>{rows}</tbody>
      </table>
      {captions.slice(1)}
    </div>
  );
}

/** The children of a list or row; any that does not belong there gets an element of its own. */
function wrapped(children: Frame["children"], belonging: ElementDto["name"][], tag: string): ReactNode[] {
  return children.map((child, at) =>
    child.name !== "other" && belonging.includes(child.name)
      ? child.node
      : createElement(tag, { key: `own${at}` }, child.node),
  );
}

import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import css from "./row-list.module.css";

/** A column of a list. */
export interface Column<T> {
  key: string;
  label: string;
  /** A grid track, for example `2fr` or `90px`. */
  width: string;
  align?: "start" | "end";
  /** Breaks into lines instead of ending in dots: for what must never be cut off. */
  wrap?: boolean;
  cell: (row: T, index: number) => ReactNode;
}

interface Props<T> {
  label: string;
  columns: Column<T>[];
  total: number;
  rowAt: (index: number) => T | undefined;
  show?: (from: number, to: number) => void;
  /** Least height of a row in px; every row has the same, so that only those in view are drawn. */
  rowHeight: number;
  marked?: (row: T) => boolean;
  empty: ReactNode;
  /** Rows have no button of their own. */
  plain?: boolean;
}

const SPARE = 8;
/** Height of the head, which stays in view over the rows. */
const HEAD = 34;
/** No row grows taller than this many times its least height. */
const MOST_GROWN = 3;

/** A table of any length: only rows in view are in the page, the arrow keys walk from row to row. */
export function RowList<T>({
  label,
  columns,
  total,
  rowAt,
  show,
  rowHeight: least,
  marked,
  empty,
  plain = false,
}: Props<T>) {
  const [grown, setGrown] = useState(0);
  const rowHeight = Math.max(least, grown);
  const scroll = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 640 });
  const [wanted, setWanted] = useState<number | null>(null);
  const from = Math.max(0, Math.floor(view.top / rowHeight) - SPARE);
  const to = Math.min(total, Math.ceil((view.top + view.height) / rowHeight) + SPARE);

  useLayoutEffect(() => {
    const box = scroll.current;
    if (box === null) return;
    const read = () => setView({ top: box.scrollTop, height: box.clientHeight || 640 });
    read();
    if (typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(read);
    observer.observe(box);
    return () => observer.disconnect();
  }, []);

  // A name of three lines or a larger text makes every row taller; in no row is it cut off.
  useLayoutEffect(() => {
    const cells = [...(scroll.current?.querySelectorAll<HTMLElement>("[data-wrap]") ?? [])];
    const needed = Math.min(least * MOST_GROWN, Math.max(0, ...cells.map((cell) => cell.scrollHeight + 9)));
    if (needed <= rowHeight) return;
    const box = scroll.current;
    if (box !== null) box.scrollTop *= needed / rowHeight;
    setGrown(needed);
  });

  useEffect(() => {
    if (to > from) show?.(from, to - 1);
  }, [from, to, show]);

  useEffect(() => {
    if (wanted === null) return;
    const next = scroll.current?.querySelector<HTMLElement>(`[data-row="${wanted}"] button, [data-row="${wanted}"] a`);
    if (next) {
      next.focus({ preventScroll: true });
      setWanted(null);
    }
  });

  const walk = (event: KeyboardEvent<HTMLDivElement>) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>("[data-row]");
    if (row === null || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = Number(row.dataset.row);
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 1);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: total - 1,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(total - 1, Math.max(0, step));
    const box = scroll.current;
    if (box !== null) {
      const top = next * rowHeight;
      const seen = box.clientHeight - HEAD;
      if (top < box.scrollTop) box.scrollTop = top;
      else if (top + rowHeight > box.scrollTop + seen) box.scrollTop = top + rowHeight - seen;
    }
    setWanted(next);
  };

  const tracks = { gridTemplateColumns: columns.map((column) => column.width).join(" ") };
  const rows: ReactNode[] = [];
  for (let index = from; index < to; index += 1) {
    const row = rowAt(index);
    rows.push(
      <div
        key={index}
        role="row"
        aria-rowindex={index + 2}
        data-row={index}
        data-marked={row !== undefined && (marked?.(row) ?? false)}
        className={css.row}
        style={{ ...tracks, top: index * rowHeight, height: rowHeight }}
      >
        {columns.map((column) => (
          <div
            key={column.key}
            role="cell"
            data-wrap={column.wrap ? "" : undefined}
            className={`${css.cell} ${column.align === "end" ? css.end : ""} ${column.wrap ? css.wrap : ""}`}
          >
            {row === undefined ? null : column.cell(row, index)}
          </div>
        ))}
      </div>,
    );
  }

  return (
    <div
      className={css.list}
      ref={scroll}
      onScroll={(event) =>
        setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight || 640 })
      }
      onKeyDown={walk}
      // Rows without a button could not be reached from the keyboard, so the list itself takes the focus.
      {...(plain || total === 0 ? { tabIndex: 0, role: "region", "aria-label": label } : {})}
    >
      <div role="table" aria-label={label} aria-rowcount={total + 1}>
        <div role="rowgroup" className={css.top}>
          <div role="row" aria-rowindex={1} className={css.head} style={tracks}>
            {columns.map((column) => (
              <div
                key={column.key}
                role="columnheader"
                className={`${css.cell} ${column.align === "end" ? css.end : ""}`}
              >
                {column.label}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" className={css.tall} style={{ height: total * rowHeight || undefined }}>
          {total === 0 ? (
            <div role="row">
              <div role="cell" className={css.empty}>
                {empty}
              </div>
            </div>
          ) : (
            rows
          )}
        </div>
      </div>
    </div>
  );
}

/** The button that opens a row; a click anywhere on the row is a click on it. */
export function RowOpen({
  onOpen,
  children,
  disabled,
}: {
  onOpen: () => void;
  children: ReactNode;
  disabled?: boolean;
}) {
  return (
    <button type="button" className={css.open} onClick={onOpen} aria-disabled={disabled}>
      {children}
    </button>
  );
}

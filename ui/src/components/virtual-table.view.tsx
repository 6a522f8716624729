import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import css from "./virtual-table.module.css";

/** A column of a table. */
export interface Column<T> {
  key: string;
  label: string;
  /** A CSS grid track, for example `2fr` or `90px`. */
  width: string;
  align?: "start" | "end";
  /** Wraps instead of being truncated. */
  wrap?: boolean;
  cell: (row: T, index: number) => ReactNode;
}

/** Props of {@link VirtualTable}. */
export interface VirtualTableProps<T> {
  label: string;
  columns: Column<T>[];
  total: number;
  rowAt: (index: number) => T | undefined;
  /** Called with the first and last index that are drawn. */
  onVisibleRows?: (from: number, to: number) => void;
  /** Minimum row height in px. All rows have the same height, so that only those in view need to be drawn. */
  rowHeight: number;
  isMarked?: (row: T) => boolean;
  empty: ReactNode;
  /** A line with a label above the row of this index. */
  divider?: { before: number; label: string };
  /** Rows have no {@link RowButton}, so the scrolling element itself takes the focus. */
  noRowButtons?: boolean;
}

/** Rows drawn above and below the visible ones. */
const OVERSCAN = 8;
/** Height of the sticky header in px. */
const HEADER_HEIGHT = 34;
/** Height in px assumed until the table is laid out. */
const INITIAL_HEIGHT = 640;
/** A row grows to at most this multiple of its minimum height. */
const MAX_GROWTH = 3;

/** A table of any length: only rows in view are in the page, and the arrow keys move from row to row. */
export function VirtualTable<T>({
  label,
  columns,
  total,
  rowAt,
  onVisibleRows,
  rowHeight: minHeight,
  isMarked,
  empty,
  divider,
  noRowButtons = false,
}: VirtualTableProps<T>) {
  const [grownHeight, setGrownHeight] = useState(0);
  const rowHeight = Math.max(minHeight, grownHeight);
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: INITIAL_HEIGHT });
  const [rowToFocus, setRowToFocus] = useState<number | null>(null);
  const measured = useRef({ width: 0, rowHeight });
  measured.current.rowHeight = rowHeight;
  const from = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN);
  const to = Math.min(total, Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN);

  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const read = () => {
      const last = measured.current;
      // In another width, or at another text size, other cells wrap: the rows are measured again, and the first stays first.
      if (last.width !== 0 && last.width !== box.clientWidth) {
        box.scrollTop *= minHeight / last.rowHeight;
        setGrownHeight(0);
      }
      last.width = box.clientWidth;
      setView({ top: box.scrollTop, height: box.clientHeight || INITIAL_HEIGHT });
    };
    read();
    if (typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(read);
    observer.observe(box);
    return () => observer.disconnect();
  }, [minHeight]);

  // A cell that wraps to several lines makes every row taller, so that it is truncated in none.
  useLayoutEffect(() => {
    const cells = [...(scroller.current?.querySelectorAll<HTMLElement>("[data-wrap]") ?? [])];
    const needed = Math.min(minHeight * MAX_GROWTH, Math.max(0, ...cells.map((cell) => cell.scrollHeight + 9)));
    if (needed <= rowHeight) return;
    const box = scroller.current;
    if (box !== null) box.scrollTop *= needed / rowHeight;
    setGrownHeight(needed);
  });

  useEffect(() => {
    if (to > from) onVisibleRows?.(from, to - 1);
  }, [from, to, onVisibleRows]);

  useEffect(() => {
    if (rowToFocus === null) return;
    const next = scroller.current?.querySelector<HTMLElement>(
      `[data-row="${rowToFocus}"] button, [data-row="${rowToFocus}"] a`,
    );
    if (next) {
      next.focus({ preventScroll: true });
      setRowToFocus(null);
    }
  });

  const moveFocus = (event: KeyboardEvent<HTMLDivElement>) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>("[data-row]");
    if (row === null || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = Number(row.dataset.row);
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 1);
    const targets: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: total - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const next = Math.min(total - 1, Math.max(0, target));
    const box = scroller.current;
    if (box !== null) {
      const top = next * rowHeight;
      const visible = box.clientHeight - HEADER_HEIGHT;
      if (top < box.scrollTop) box.scrollTop = top;
      else if (top + rowHeight > box.scrollTop + visible) box.scrollTop = top + rowHeight - visible;
    }
    setRowToFocus(next);
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
        data-marked={row !== undefined && (isMarked?.(row) ?? false)}
        className={`${css.row} ${index === divider?.before ? css.divided : ""}`}
        style={{ ...tracks, top: index * rowHeight, height: rowHeight }}
      >
        {columns.map((column, at) => (
          <div
            key={column.key}
            role="cell"
            data-wrap={column.wrap ? "" : undefined}
            className={`${css.cell} ${column.align === "end" ? css.end : ""} ${column.wrap ? css.wrap : ""}`}
          >
            {at === 0 && index === divider?.before ? <span className={css.divider}>{divider.label}</span> : null}
            {row === undefined ? null : column.cell(row, index)}
          </div>
        ))}
      </div>,
    );
  }

  return (
    <div
      className={css.scroller}
      ref={scroller}
      onScroll={(event) =>
        setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight || INITIAL_HEIGHT })
      }
      onKeyDown={moveFocus}
      {...(noRowButtons || total === 0 ? { tabIndex: 0, role: "region", "aria-label": label } : {})}
    >
      <div role="table" aria-label={label} aria-rowcount={total + 1}>
        <div role="rowgroup" className={css.header}>
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
        <div role="rowgroup" className={css.body} style={{ height: total * rowHeight || undefined }}>
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

/** The button that opens a row; it covers the whole row. */
export function RowButton({
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

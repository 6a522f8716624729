import { useQueries } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import type { FailureDto } from "./bindings";

/** Rows a page; every windowed command takes at least this many. */
export const PAGE = 100;

interface Page<T> {
  rows: T[];
  total: number;
}

interface Plan<P> {
  queryKey: readonly unknown[];
  queryFn: () => Promise<P>;
}

/** The rows of a long list, read page by page as they come into view. */
export interface PagedRows<P extends Page<unknown>> {
  total: number;
  rowAt: (index: number) => P["rows"][number] | undefined;
  /** Says which rows are in view. */
  show: (from: number, to: number) => void;
  /** Reads what is in view once more, after something changed it. */
  readAgain: () => void;
  first: P | undefined;
  failure: FailureDto | null;
  loading: boolean;
}

/** Reads the pages in view. `planPage` names the query of the page that starts at `offset`. */
export function usePages<P extends Page<unknown>>(planPage: (offset: number) => Plan<P>): PagedRows<P> {
  const [range, setRange] = useState({ from: 0, to: 0 });
  const firstPage = Math.floor(range.from / PAGE);
  const lastPage = Math.floor(range.to / PAGE);
  const pages = [...new Set([0, ...Array.from({ length: lastPage - firstPage + 1 }, (_, at) => firstPage + at)])];
  const answers = useQueries({ queries: pages.map((page) => planPage(page * PAGE)) });
  const first = answers[0]?.data;
  const known = useRef<P | undefined>(undefined);
  if (first !== undefined) known.current = first;
  const total = (first ?? known.current)?.total ?? 0;
  const rowAt = (index: number) => {
    const at = pages.indexOf(Math.floor(index / PAGE));
    const page = answers[at]?.data ?? (at === 0 ? known.current : undefined);
    return page?.rows[index % PAGE];
  };
  const show = useCallback((from: number, to: number) => {
    setRange((now) =>
      Math.floor(now.from / PAGE) === Math.floor(from / PAGE) && Math.floor(now.to / PAGE) === Math.floor(to / PAGE)
        ? now
        : { from, to },
    );
  }, []);
  const error = answers.find((answer) => answer.error !== null)?.error ?? null;
  return {
    total,
    rowAt,
    show,
    readAgain: () => {
      for (const answer of answers) void answer.refetch();
    },
    first: first ?? known.current,
    failure: error as FailureDto | null,
    loading: (first ?? known.current) === undefined,
  };
}

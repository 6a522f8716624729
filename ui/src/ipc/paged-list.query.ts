import { useQueries } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import type { FailureDto } from "./bindings";

/** Rows per page; every paged command accepts at least this limit. */
export const PAGE_SIZE = 100;

interface Page<T> {
  rows: T[];
  total: number;
}

interface PageQuery<P> {
  queryKey: readonly unknown[];
  queryFn: () => Promise<P>;
}

/** A long list that is read page by page, as its rows come into view. */
export interface PagedList<P extends Page<unknown>> {
  total: number;
  rowAt: (index: number) => P["rows"][number] | undefined;
  /** Sets the range of rows to read. */
  onVisibleRows: (from: number, to: number) => void;
  /** Reads the pages in view again. */
  refetch: () => void;
  firstPage: P | undefined;
  failure: FailureDto | null;
  loading: boolean;
}

/** Reads the first page and the pages in view. `pageQuery` returns the query of the page that starts at `offset`. */
export function usePagedList<P extends Page<unknown>>(pageQuery: (offset: number) => PageQuery<P>): PagedList<P> {
  const [range, setRange] = useState({ from: 0, to: 0 });
  const from = Math.floor(range.from / PAGE_SIZE);
  const to = Math.floor(range.to / PAGE_SIZE);
  const pages = [...new Set([0, ...Array.from({ length: to - from + 1 }, (_, index) => from + index)])];
  const results = useQueries({ queries: pages.map((page) => pageQuery(page * PAGE_SIZE)) });
  // While the first page of a changed query is loading, the previous one stays in view.
  const lastFirstPage = useRef<P | undefined>(undefined);
  lastFirstPage.current = results[0]?.data ?? lastFirstPage.current;
  const firstPage = lastFirstPage.current;
  const rowAt = (index: number) => {
    const position = pages.indexOf(Math.floor(index / PAGE_SIZE));
    const page = results[position]?.data ?? (position === 0 ? firstPage : undefined);
    return page?.rows[index % PAGE_SIZE];
  };
  const onVisibleRows = useCallback((from: number, to: number) => {
    setRange((old) =>
      Math.floor(old.from / PAGE_SIZE) === Math.floor(from / PAGE_SIZE) &&
      Math.floor(old.to / PAGE_SIZE) === Math.floor(to / PAGE_SIZE)
        ? old
        : { from, to },
    );
  }, []);
  const error = results.find((result) => result.error !== null)?.error ?? null;
  return {
    total: firstPage?.total ?? 0,
    rowAt,
    onVisibleRows,
    refetch: () => {
      for (const result of results) void result.refetch();
    },
    firstPage,
    failure: error as FailureDto | null,
    loading: firstPage === undefined,
  };
}

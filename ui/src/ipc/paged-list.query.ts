import { useQueries } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import type { FailureDto } from "./bindings";
import type { CommandName, ReplyOf, RequestOf } from "./commands";
import { ipcQueryOptions } from "./ipc.query";
import { useIpc } from "./ipc-context";

/** Rows per page; every paged command accepts at least this limit. */
const PAGE_SIZE = 100;

interface Page<T> {
  rows: T[];
  total: number;
}

type RowOf<P> = P extends Page<infer T> ? T : never;

type PagedCommand = { [K in CommandName]: ReplyOf<K> extends Page<unknown> ? K : never }[CommandName];

/** A long list of rows that is read page by page, as they come into view. */
export interface PagedList<T, P = unknown> {
  total: number;
  rowAt: (index: number) => T | undefined;
  /** Sets the range of rows to read. */
  onVisibleRows: (from: number, to: number) => void;
  /** Reads the pages in view again. */
  refetch: () => void;
  firstPage: P | undefined;
  failure: FailureDto | null;
  loading: boolean;
}

/** Reads the first page and the pages in view; `request` completes the request for one page. */
export function usePagedList<K extends PagedCommand>(
  name: K,
  request: (page: { offset: number; limit: number }) => RequestOf<K>,
): PagedList<RowOf<ReplyOf<K>>, ReplyOf<K>> {
  type Reply = ReplyOf<K> & Page<RowOf<ReplyOf<K>>>;
  const ipc = useIpc();
  const [range, setRange] = useState({ first: 0, last: 0 });
  const pages = [...new Set([0, ...Array.from({ length: range.last - range.first + 1 }, (_, i) => range.first + i)])];
  const results = useQueries({
    queries: pages.map((page) =>
      ipcQueryOptions<PagedCommand>(ipc, name, request({ offset: page * PAGE_SIZE, limit: PAGE_SIZE })),
    ),
  });
  // While the first page of a changed request is loading, the previous one stays in view.
  const lastFirstPage = useRef<Reply | undefined>(undefined);
  lastFirstPage.current = (results[0]?.data as Reply | undefined) ?? lastFirstPage.current;
  const firstPage = lastFirstPage.current;
  return {
    total: firstPage?.total ?? 0,
    rowAt: (index) => {
      const position = pages.indexOf(Math.floor(index / PAGE_SIZE));
      const page = position === 0 ? firstPage : (results[position]?.data as Reply | undefined);
      return page?.rows[index % PAGE_SIZE];
    },
    onVisibleRows: useCallback((from, to) => {
      const next = { first: Math.floor(from / PAGE_SIZE), last: Math.floor(to / PAGE_SIZE) };
      setRange((old) => (old.first === next.first && old.last === next.last ? old : next));
    }, []),
    refetch: () => {
      for (const result of results) void result.refetch();
    },
    firstPage,
    failure: (results.find(({ error }) => error !== null)?.error ?? null) as FailureDto | null,
    loading: firstPage === undefined,
  };
}

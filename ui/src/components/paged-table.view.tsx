import type { PagedList } from "../ipc/paged-list.query";
import { FailureNotice } from "./failure-notice.view";
import { VirtualTable, type VirtualTableProps } from "./virtual-table.view";

interface Props<T> extends Omit<VirtualTableProps<T>, "total" | "rowAt" | "onVisibleRows"> {
  list: PagedList<T>;
}

/** The table of a paged list, or its failure, or nothing while it is loading. */
export function PagedTable<T>({ list, ...table }: Props<T>) {
  if (list.failure !== null) {
    return (
      <div>
        <FailureNotice failure={list.failure} />
      </div>
    );
  }
  if (list.loading) return <div aria-busy="true" />;
  return <VirtualTable {...table} total={list.total} rowAt={list.rowAt} onVisibleRows={list.onVisibleRows} />;
}

import { Notice } from "../components/notice.view";
import type { ChartTabDto } from "../ipc/bindings";
import { useWords } from "../words/words";
import { useCut } from "./absence";

/** Says that a list is longer than what is shown of it, and where the rest is; nothing of a list that is whole. */
export function CutList({ tab }: { tab: ChartTabDto }) {
  const say = useWords();
  const cut = useCut(tab);
  if (cut === undefined) return null;
  return <Notice tone="warn" role="status" title={say("list.cut", { shown: cut.shown, total: cut.total })} />;
}

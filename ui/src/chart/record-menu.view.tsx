import { createContext, type ReactNode, useContext, useState } from "react";
import { type RowAction, RowMenu } from "../components/row-menu.view";
import type { CorrectableDto } from "../ipc/bindings";
import { useWords } from "../words/words";
import { useCorrectionActions } from "./corrections";
import { RecordDialog, type ShownRecord } from "./record-dialog.view";

interface Menus {
  correctable: readonly CorrectableDto[];
  open: (record: ShownRecord) => void;
}

const Context = createContext<Menus | null>(null);

interface ProviderProps {
  patient: string;
  /** What the user may do with the records of the lists. */
  correctable: readonly CorrectableDto[];
  children: ReactNode;
}

/** Gives the records of a tab their menus, and shows the record that is opened from one. */
export function RecordMenuProvider({ patient, correctable, children }: ProviderProps) {
  const [opened, setOpened] = useState<ShownRecord | null>(null);
  return (
    <Context value={{ correctable, open: setOpened }}>
      {children}
      <RecordDialog patient={patient} row={opened} onClose={() => setOpened(null)} />
    </Context>
  );
}

interface Props {
  reference: string;
  title: string;
  when: string;
}

/** The menu of one record: it is shown in full, or marked as entered in error; nothing outside of a tab with menus. */
export function RecordMenu({ reference, title, when }: Props) {
  const say = useWords();
  const menus = useContext(Context);
  const actionsOf = useCorrectionActions();
  if (menus === null) return null;
  const { mayMark, corrected } = menus.correctable.find((record) => record.reference === reference) ?? {
    mayMark: false,
    corrected: null,
  };
  const show = () => menus.open({ reference, title: { kind: "recorded", text: title }, others: [] });
  return (
    <RowMenu
      label={say("row.actions", { what: [title, when].filter((part) => part !== "").join(", ") })}
      actions={[
        { label: say("row.show"), onAction: show },
        ...actionsOf({ reference, title, when, mayMark, corrected }),
      ]}
    />
  );
}

/** The actions that show a record and others of the same measurement in full; none outside of a tab with menus. */
export function useWholeRecordActions(): (reference: string, title: string, others?: readonly string[]) => RowAction[] {
  const say = useWords();
  const menus = useContext(Context);
  return (reference, text, others = []) => {
    if (menus === null) return [];
    const show = (shown: string) => () =>
      menus.open({ reference: shown, title: { kind: "recorded", text }, others: [] });
    const more = others.map((other) => ({ label: say("row.show.same"), onAction: show(other) }));
    return [{ label: say("row.show"), onAction: show(reference) }, ...more];
  };
}

/** Who marked a record of the lists as entered in error, when and why. */
export function useCorrectionOf(): (reference: string) => CorrectableDto["corrected"] {
  const menus = useContext(Context);
  return (reference) => menus?.correctable.find((record) => record.reference === reference)?.corrected ?? null;
}

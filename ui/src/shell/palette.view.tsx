import { type ReactNode, useEffect, useState } from "react";
import { Autocomplete, Header, Input, ListBox, ListBoxItem, ListBoxSection, SearchField } from "react-aria-components";
import { Dialog } from "../components/dialog.view";
import { sayBornLine } from "../components/patient-cell.view";
import type { PatientRowDto } from "../ipc/bindings";
import { useIpcQuery } from "../ipc/ipc.query";
import { useWords } from "../words/words";
import css from "./palette.module.css";
import { type PaletteCommand, usePaletteCommands } from "./palette-commands";

interface Props {
  open: boolean;
  onClose: () => void;
  onHelp: () => void;
  onGo: (to: string) => void;
  searchable: boolean;
}

/** Ctrl+K: patients first, then every command by name. */
export function Palette({ open, onClose, ...rest }: Props) {
  const say = useWords();
  return (
    <Dialog open={open} onClose={onClose} title={say("palette.title")} wide bare>
      <PaletteBody {...rest} onClose={onClose} />
    </Dialog>
  );
}

function PaletteBody({ onClose, onHelp, onGo, searchable }: Omit<Props, "open">) {
  const [text, setText] = useState("");
  const commands = usePaletteCommands(onHelp, onGo).filter((command) =>
    command.name.toLowerCase().includes(text.trim().toLowerCase()),
  );
  const list = (patients: PatientRowDto[], incomplete: boolean) => (
    <PaletteList
      text={text}
      setText={setText}
      patients={patients}
      incomplete={incomplete}
      commands={commands}
      onClose={onClose}
      onGo={onGo}
    />
  );
  return searchable ? <PatientSearch text={text} list={list} /> : list([], false);
}

interface PatientSearchProps {
  text: string;
  list: (rows: PatientRowDto[], incomplete: boolean) => ReactNode;
}

function PatientSearch({ text, list }: PatientSearchProps) {
  const typed = text.trim();
  const [query, setQuery] = useState(typed);
  useEffect(() => {
    // Every search is written to the audit log, so it is delayed until typing pauses.
    const timer = setTimeout(() => setQuery(typed), 150);
    return () => clearTimeout(timer);
  }, [typed]);
  const result = useIpcQuery("search_patients", { query, offset: 0, limit: 7 });
  return list(query === typed ? (result.data?.rows ?? []) : [], result.data?.incomplete ?? false);
}

interface ListProps {
  text: string;
  setText: (text: string) => void;
  patients: PatientRowDto[];
  /** Patients may be missing from the results, so an empty list must not be reported as "no match". */
  incomplete: boolean;
  commands: PaletteCommand[];
  onClose: () => void;
  onGo: (to: string) => void;
}

function PaletteList({ text, setText, patients, incomplete, commands, onClose, onGo }: ListProps) {
  const say = useWords();
  const run = (key: string) => {
    onClose();
    const command = commands.find((command) => command.key === key);
    if (command !== undefined) command.run();
    else if (key === "all-patients") onGo(`/search?q=${encodeURIComponent(JSON.stringify(text.trim()))}`);
    else onGo(`/chart/${key}/summary`);
  };
  return (
    <Autocomplete inputValue={text} onInputChange={setText} disableVirtualFocus={false}>
      <SearchField autoFocus aria-label={say("palette.label")}>
        <Input className={css.input ?? ""} placeholder={say("palette.label")} spellCheck="false" />
      </SearchField>
      <ListBox
        className={css.list ?? ""}
        aria-label={say("palette.title")}
        onAction={(key) => run(String(key))}
        renderEmptyState={() => (
          <p className={css.none}>{say(incomplete ? "search.incomplete.none" : "palette.none")}</p>
        )}
      >
        {patients.length === 0 ? null : (
          <ListBoxSection id="patients" aria-label={say("palette.patients")}>
            <Header className={css.head ?? ""}>{say("palette.patients")}</Header>
            {patients.map((row) => (
              <ListBoxItem
                key={row.patient}
                id={row.patient}
                isDisabled={!row.ready}
                textValue={`${row.family ?? say("name.unreadable")} ${row.given ?? ""}`}
                className={css.item ?? ""}
              >
                <span className={css.text}>
                  <b>{row.family ?? say("name.unreadable")}</b>, {row.given}
                </span>
                <span className={css.aside}>
                  {row.ready ? sayBornLine(say, row) : say("search.downloading")} · {row.number}
                </span>
              </ListBoxItem>
            ))}
            {text.trim() === "" ? null : (
              <ListBoxItem id="all-patients" textValue={say("palette.all")} className={css.item ?? ""}>
                <span className={css.text}>{say("palette.all")}</span>
              </ListBoxItem>
            )}
          </ListBoxSection>
        )}
        {commands.length === 0 ? null : (
          <ListBoxSection id="commands" aria-label={say("palette.commands")}>
            <Header className={css.head ?? ""}>{say("palette.commands")}</Header>
            {commands.map((command) => (
              <ListBoxItem key={command.key} id={command.key} textValue={command.name} className={css.item ?? ""}>
                <span className={css.text}>{command.name}</span>
                {command.keys === undefined ? null : <kbd>{command.keys}</kbd>}
              </ListBoxItem>
            ))}
          </ListBoxSection>
        )}
      </ListBox>
    </Autocomplete>
  );
}

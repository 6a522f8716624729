import { type ReactNode, useEffect, useState } from "react";
import { Autocomplete, Header, Input, ListBox, ListBoxItem, ListBoxSection, SearchField } from "react-aria-components";
import { Dialog } from "../components/dialog.view";
import { PersonMarks, sayBornLine, sayFamily, sayName } from "../components/patient-cell.view";
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
  const list = (patients: PatientRowDto[], incomplete: boolean, similar: boolean) => (
    <PaletteList
      text={text}
      setText={setText}
      patients={patients}
      incomplete={incomplete}
      similar={similar}
      commands={commands}
      onClose={onClose}
      onGo={onGo}
    />
  );
  return searchable ? <PatientSearch text={text} list={list} /> : list([], false, false);
}

interface PatientSearchProps {
  text: string;
  /** `similar` says that there are patients with similar names, who are listed on the search page only. */
  list: (rows: PatientRowDto[], incomplete: boolean, similar: boolean) => ReactNode;
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
  const { rows = [], exact = 0, incomplete = false } = result.data ?? {};
  const fits = query === typed;
  return list(fits ? rows.slice(0, exact) : [], incomplete, fits && rows.length > exact);
}

interface ListProps {
  text: string;
  setText: (text: string) => void;
  patients: PatientRowDto[];
  /** Patients may be missing from the results, so an empty list must not be reported as "no match". */
  incomplete: boolean;
  similar: boolean;
  commands: PaletteCommand[];
  onClose: () => void;
  onGo: (to: string) => void;
}

function PaletteList({ text, setText, patients, incomplete, similar, commands, onClose, onGo }: ListProps) {
  const say = useWords();
  const all = similar ? "search.similar" : "palette.all";
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
        {patients.length === 0 && !similar ? null : (
          <ListBoxSection id="patients" aria-label={say("palette.patients")}>
            <Header className={css.head ?? ""}>{say("palette.patients")}</Header>
            {patients.map((row) => (
              <ListBoxItem
                key={row.patient}
                id={row.patient}
                isDisabled={!row.ready}
                textValue={sayName(say, row)}
                className={css.item ?? ""}
              >
                <span className={css.text}>
                  <b>{sayFamily(say, row)}</b>
                  {row.given === null ? "" : `, ${row.given}`} <PersonMarks person={row} />
                </span>
                <span className={css.aside}>
                  {row.ready ? sayBornLine(say, row) : say("search.downloading")} · {row.number}
                </span>
              </ListBoxItem>
            ))}
            {text.trim() === "" ? null : (
              <ListBoxItem id="all-patients" textValue={say(all)} className={css.item ?? ""}>
                <span className={css.text}>{say(all)}</span>
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

import { useRouterState } from "@tanstack/react-router";
import { useIpcMutation } from "../ipc/ipc.query";
import { useSession } from "../session/session-context";
import { useTextSize } from "../theme/text-size";
import { THEME_CHOICES, useTheme } from "../theme/theme";
import { useWords } from "../words/words";
import { planRail } from "./rail-plan";

/** A command in the command palette. */
export interface PaletteCommand {
  key: string;
  name: string;
  keys?: string;
  run: () => void;
}

/** The commands that this role can run from the current screen. */
export function usePaletteCommands(onHelp: () => void, onGo: (to: string) => void): PaletteCommand[] {
  const say = useWords();
  const { session, may, lockNow } = useSession();
  const theme = useTheme();
  const textSize = useTextSize();
  const sync = useIpcMutation("sync_now");
  const path = useRouterState({ select: (state) => state.location.pathname });
  const chart = /^\/chart\/([^/]+)\/([^/]+)/.exec(path);
  const commands: PaletteCommand[] = [];
  if (chart !== null && may("record_vitals"))
    commands.push({ key: "do-vitals", name: say("pane.vitals"), keys: "V", run: () => onGo(`${path}?pane=vitals`) });
  if (chart !== null && may("write_note"))
    commands.push({ key: "do-note", name: say("pane.note"), keys: "W", run: () => onGo(`${path}?pane=note`) });
  for (const item of planRail(session.role, may))
    commands.push({
      key: `go-${item.to}`,
      name: say("palette.go", { place: say(item.message) }),
      run: () => onGo(item.to),
    });
  if (may("run_sync")) {
    commands.push({ key: "go-sync", name: say("palette.go", { place: say("rail.sync") }), run: () => onGo("/sync") });
    commands.push({ key: "do-sync", name: say("sync.now"), run: () => sync.mutate(undefined) });
  }
  for (const choice of THEME_CHOICES)
    if (choice !== theme.choice)
      commands.push({ key: `theme-${choice}`, name: say(`theme.${choice}`), run: () => theme.choose(choice) });
  const { larger, smaller, normal } = textSize;
  commands.push({ key: "text-larger", name: say("text_size.larger"), keys: "Ctrl +", run: larger });
  commands.push({ key: "text-smaller", name: say("text_size.smaller"), keys: "Ctrl −", run: smaller });
  commands.push({ key: "text-normal", name: say("text_size.normal"), keys: "Ctrl 0", run: normal });
  commands.push({ key: "help", name: say("keys.title"), keys: "?", run: onHelp });
  commands.push({ key: "lock", name: say("keys.lock"), keys: "Ctrl L", run: lockNow });
  return commands;
}

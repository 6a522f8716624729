import { createContext, useContext, useEffect, useMemo, useState } from "react";

/** What the person chose; kept for this session only. */
export type ThemeChoice = "system" | "light" | "dark" | "contrast";

/** The choices in the order of the switch. */
export const THEME_CHOICES: readonly ThemeChoice[] = ["system", "light", "dark", "contrast"];

interface ThemeSwitch {
  choice: ThemeChoice;
  choose: (choice: ThemeChoice) => void;
}

/** Carries the switch. */
export const ThemeContext = createContext<ThemeSwitch>({ choice: "system", choose: () => undefined });

/** The switch. */
export function useTheme(): ThemeSwitch {
  return useContext(ThemeContext);
}

const watch = (query: string, onChange: () => void) => {
  const media = window.matchMedia?.(query);
  media?.addEventListener("change", onChange);
  return () => media?.removeEventListener("change", onChange);
};

const prefers = (query: string) => window.matchMedia?.(query)?.matches ?? false;

/** The theme that the system asks for. */
function systemTheme(): Exclude<ThemeChoice, "system"> {
  if (prefers("(prefers-contrast: more)")) return "contrast";
  return prefers("(prefers-color-scheme: dark)") ? "dark" : "light";
}

/** Holds the choice and keeps the document's `data-theme` in step with it and with the system. */
export function useThemeSwitch(first: ThemeChoice = "system"): ThemeSwitch {
  const [choice, choose] = useState<ThemeChoice>(first);
  useEffect(() => {
    const apply = () => {
      document.documentElement.dataset.theme = choice === "system" ? systemTheme() : choice;
    };
    apply();
    if (choice !== "system") return;
    const stops = [watch("(prefers-color-scheme: dark)", apply), watch("(prefers-contrast: more)", apply)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [choice]);
  return useMemo(() => ({ choice, choose }), [choice]);
}

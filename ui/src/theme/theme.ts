import { createContext, useContext, useEffect, useMemo, useState } from "react";

/** The theme that the user chose; not saved after the session. */
export type ThemeChoice = "system" | "light" | "dark" | "contrast";

/** The choices, in display order. */
export const THEME_CHOICES: readonly ThemeChoice[] = ["system", "light", "dark", "contrast"];

interface ThemeState {
  choice: ThemeChoice;
  choose: (choice: ThemeChoice) => void;
}

/** Provides the theme and its setter. */
export const ThemeContext = createContext<ThemeState>({ choice: "system", choose: () => undefined });

/** The chosen theme and its setter. */
export function useTheme(): ThemeState {
  return useContext(ThemeContext);
}

const watch = (query: string, onChange: () => void) => {
  const media = window.matchMedia?.(query);
  media?.addEventListener("change", onChange);
  return () => media?.removeEventListener("change", onChange);
};

const prefers = (query: string) => window.matchMedia?.(query)?.matches ?? false;

/** The theme that the operating system prefers. */
function systemTheme(): Exclude<ThemeChoice, "system"> {
  if (prefers("(prefers-contrast: more)")) return "contrast";
  return prefers("(prefers-color-scheme: dark)") ? "dark" : "light";
}

/** Holds the choice and keeps `data-theme` on the document in sync with it and with the operating system. */
export function useThemeState(initial: ThemeChoice = "system"): ThemeState {
  const [choice, choose] = useState<ThemeChoice>(initial);
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

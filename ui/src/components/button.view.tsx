import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps } from "react-aria-components";
import css from "./button.module.css";
import { Keys } from "./keys.view";

type Look = "plain" | "primary" | "quiet" | "link" | "danger";

interface Props extends Omit<ButtonProps, "className" | "style" | "children"> {
  look?: Look;
  /** The shortcut that stands in the button. */
  keys?: string;
  children: ReactNode;
  className?: string;
}

/** Every button. One primary at most on a screen, with its shortcut in it. */
export function Button({ look = "plain", keys, children, className, ...rest }: Props) {
  const extra = look === "plain" ? "" : css[look];
  return (
    <AriaButton {...rest} className={`${css.button} ${extra ?? ""} ${className ?? ""}`}>
      {children}
      {keys === undefined ? null : <Keys>{keys}</Keys>}
    </AriaButton>
  );
}

import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps } from "react-aria-components";
import css from "./button.module.css";
import { Keys } from "./keys.view";

type Variant = "plain" | "primary" | "quiet" | "link" | "danger";

interface Props extends Omit<ButtonProps, "className" | "style" | "children"> {
  variant?: Variant;
  /** The keyboard shortcut shown in the button. */
  keys?: string;
  children: ReactNode;
  className?: string;
}

/** A button. A screen has at most one primary button, and it shows its shortcut. */
export function Button({ variant = "plain", keys, children, className, ...rest }: Props) {
  const variantClass = variant === "plain" ? "" : css[variant];
  return (
    <AriaButton {...rest} className={`${css.button} ${variantClass ?? ""} ${className ?? ""}`}>
      {children}
      {keys === undefined ? null : <Keys>{keys}</Keys>}
    </AriaButton>
  );
}

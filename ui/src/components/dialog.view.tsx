import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import css from "./dialog.module.css";

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  role?: "dialog" | "alertdialog";
  wide?: boolean;
  /** No padding and no visible title, near the top of the window; for the command palette. */
  bare?: boolean;
  children: ReactNode;
}

/** A modal dialog. Escape closes it, and the focus returns to where it was. */
export function Dialog({ open, onClose, title, role = "dialog", wide = false, bare = false, children }: Props) {
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(open) => (open ? undefined : onClose())}
      isDismissable
      className={`${css.overlay} ${bare ? css.nearTop : ""}`}
    >
      <Modal className={`${css.box} ${wide ? css.wide : ""}`}>
        <AriaDialog
          role={role}
          className={`${css.dialog} ${bare ? css.bare : ""}`}
          {...(bare ? { "aria-label": title } : {})}
        >
          {bare ? null : (
            <Heading slot="title" level={2} className={css.title ?? ""}>
              {title}
            </Heading>
          )}
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** The buttons of a dialog. */
export function DialogFoot({ children }: { children: ReactNode }) {
  return <div className={css.foot}>{children}</div>;
}

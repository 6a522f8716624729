import { Ellipsis } from "lucide-react";
import { Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { Button } from "./button.view";
import css from "./row-menu.module.css";

/** One entry of a {@link RowMenu}. */
export interface RowAction {
  label: string;
  onAction: () => void;
}

/** What can be done with a row; nothing where there is no action. */
export function RowMenu({ label, actions }: { label: string; actions: readonly RowAction[] }) {
  if (actions.length === 0) return null;
  return (
    <MenuTrigger>
      <Button variant="quiet" aria-label={label} className={css.trigger ?? ""}>
        <Ellipsis size={16} aria-hidden="true" />
      </Button>
      <Popover placement="bottom end" className={css.popover ?? ""}>
        <Menu className={css.menu ?? ""} aria-label={label}>
          {actions.map((action) => (
            <MenuItem key={action.label} className={css.item ?? ""} onAction={action.onAction}>
              {action.label}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

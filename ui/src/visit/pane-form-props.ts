import type { BannerDto, DraftDto, SavedDto } from "../ipc/bindings";

/** Props of a form in the right pane. */
export interface PaneFormProps {
  banner: BannerDto;
  /** The draft that the form continues. */
  savedDraft: DraftDto | undefined;
  onDraftSaved: (draft: DraftDto) => void;
  onClose: () => void;
  onSaved: (saved: SavedDto, endedDraft: string | null) => void;
}

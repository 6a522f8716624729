import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "../components/button.view";
import { sayBorn } from "../components/patient-banner.view";
import type { BannerDto } from "../ipc/bindings";
import { useSession } from "../session/session-context";
import { formatDate } from "../words/dates";
import { useWords } from "../words/words";
import css from "./form.module.css";

interface Props {
  title: string;
  banner: BannerDto;
  /** The draft that the form is kept in. */
  draft: string;
  resumes: string | null;
  onClose: () => void;
  onSubmit: () => void;
  foot: ReactNode;
  /** What has to be answered before saving; it stays in view above the foot. */
  asks?: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}

/** The frame of a pane form: who it is about, Ctrl+Enter saves, Escape closes and the draft is kept. */
export function FormShell({
  title,
  banner,
  draft,
  resumes,
  onClose,
  onSubmit,
  foot,
  asks,
  className,
  children,
}: Props) {
  const say = useWords();
  const id = useId();
  const { takeResume } = useSession();
  const form = useRef<HTMLFormElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the caret is put once, when the form opens
  useEffect(() => {
    const place = takeResume(resumes);
    const name = place?.field ?? null;
    const fields = [...(form.current?.querySelectorAll<HTMLElement>("[data-field]") ?? [])];
    const field = fields.find((one) => one.dataset.field === name) ?? fields[0];
    field?.focus();
    if (
      place !== null &&
      (field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === "text"))
    )
      field.setSelectionRange(place.caret, place.caret);
  }, []);

  const hear = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onSubmit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      onClose();
    } else if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      const fields = [...(form.current?.querySelectorAll<HTMLElement>("[data-field]") ?? [])];
      fields[fields.indexOf(event.target) + 1]?.focus();
    }
  };

  return (
    <form
      ref={form}
      aria-labelledby={id}
      className={`${css.card} ${css.full}`}
      data-draft={draft}
      noValidate
      onKeyDown={hear}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <header className={css.head}>
        <h2 id={id}>{title}</h2>
        <Button look="link" onPress={onClose}>
          {say("form.close")}
        </Button>
      </header>
      <div className={`${css.fields} ${className ?? ""}`}>
        <p className={css.small}>
          {banner.family}, {banner.given} ·{" "}
          {banner.birthDate === "" ? sayBorn(say, banner) : formatDate(banner.birthDate)}
        </p>
        {children}
      </div>
      <div className={css.asks}>{asks}</div>
      <footer className={css.foot}>{foot}</footer>
    </form>
  );
}

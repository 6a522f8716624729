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
  /** The id of the draft, once it is saved. */
  draft: string | null;
  /** The id of the draft that the form was opened with. */
  initialDraft: string | null;
  onClose: () => void;
  onSubmit: () => void;
  foot: ReactNode;
  /** Questions to answer before saving; stays in view above the footer. */
  questions?: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}

/** The frame of a form: shows the patient; Ctrl+Enter saves, Escape closes and the draft stays saved. */
export function PaneForm({
  title,
  banner,
  draft,
  initialDraft,
  onClose,
  onSubmit,
  foot,
  questions,
  className,
  children,
}: Props) {
  const say = useWords();
  const id = useId();
  const { takeResume } = useSession();
  const form = useRef<HTMLFormElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the caret is set once, when the form opens
  useEffect(() => {
    const resumePoint = takeResume(initialDraft);
    const name = resumePoint?.field ?? null;
    const fields = [...(form.current?.querySelectorAll<HTMLElement>("[data-field]") ?? [])];
    const field = fields.find((candidate) => candidate.dataset.field === name) ?? fields[0];
    field?.focus();
    if (
      resumePoint !== null &&
      (field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === "text"))
    )
      field.setSelectionRange(resumePoint.caret, resumePoint.caret);
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
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
      data-draft={draft ?? undefined}
      noValidate
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <header className={css.head}>
        <h2 id={id}>{title}</h2>
        <Button variant="link" onPress={onClose}>
          {say("form.close")}
        </Button>
      </header>
      <div className={`${css.fields} ${className ?? ""}`}>
        <p className={css.small}>
          {banner.family}, {banner.given} ·{" "}
          {banner.birthDate === null ? sayBorn(say, banner) : formatDate(banner.birthDate)}
        </p>
        {children}
      </div>
      <div className={css.questions}>{questions}</div>
      <footer className={css.foot}>{foot}</footer>
    </form>
  );
}

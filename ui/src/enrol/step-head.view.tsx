import css from "./enrol.module.css";

/** The title of a step and what it is for. */
export function StepHead({ title, lead }: { title: string; lead: string }) {
  return (
    <div>
      <h1 className={css.title}>{title}</h1>
      <p className={css.lead}>{lead}</p>
    </div>
  );
}

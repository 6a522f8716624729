import { useState } from "react";
import { IntlProvider } from "react-intl";
import { FlaggedValue } from "../chart/flagged-value.view";
import { MedicationLine } from "../chart/medication-line.view";
import { RecordStateChip } from "../chart/record-state.view";
import { Button } from "../components/button.view";
import { Card, CardRow } from "../components/card.view";
import { Chip, type Tone } from "../components/chip.view";
import { CodeInput } from "../components/code-input.view";
import { TextField } from "../components/field.view";
import { Notice } from "../components/notice.view";
import { fakeMedicine } from "../ipc/fake/medicines";
import { THEME_CHOICES, type ThemeChoice, useThemeState } from "../theme/theme";
import { messages } from "../words/words";
import css from "./gallery.module.css";
import { SCENES } from "./scenes";

const TONES: Tone[] = ["grey", "pending", "warn", "critical", "ok", "info"];

/** Every component in every tone, and a link to every scene; for developers. */
export function Gallery({ initialTheme }: { initialTheme: ThemeChoice }) {
  const [code, setCode] = useState("407");
  const { choice, choose } = useThemeState(initialTheme);
  return (
    <IntlProvider locale="en" messages={messages}>
      <main className={css.page}>
        <h1 className={css.title}>Gallery</h1>
        <div className={css.line}>
          {THEME_CHOICES.map((theme) => (
            <Button key={theme} variant={theme === choice ? "primary" : "plain"} onPress={() => choose(theme)}>
              {theme}
            </Button>
          ))}
        </div>
        <div className={css.columns}>
          <Card title="Buttons and chips">
            <div className={css.stack}>
              <div className={css.line}>
                <Button variant="primary" keys="Ctrl ↵">
                  Save
                </Button>
                <Button keys="Ctrl L">Lock</Button>
                <Button variant="quiet">Quiet</Button>
                <Button variant="link">Link</Button>
                <Button variant="danger">Mark as entered in error</Button>
                <Button isDisabled>Disabled</Button>
              </div>
              <div className={css.line}>
                {TONES.map((tone) => (
                  <Chip key={tone} tone={tone} dot>
                    {tone}
                  </Chip>
                ))}
              </div>
              <div className={css.line}>
                <RecordStateChip record="pending" />
                <RecordStateChip record="conflict" />
                <RecordStateChip record="rejected" />
                <FlaggedValue value="112 µmol/L" flag="H" />
                <FlaggedValue value="4.6 mmol/L" flag={null} />
              </div>
              <TextField label="Label" hint="Hint" defaultValue="0O 1lI" />
              <TextField label="Label" error="What is wrong" defaultValue="value" />
              <CodeInput label="Workstation code" value={code} onChange={setCode} />
            </div>
          </Card>
          <Card title="Notices" aside="aside">
            <div className={css.stack}>
              {TONES.map((tone) => (
                <Notice key={tone} tone={tone} title={`What happened (${tone})`}>
                  What is safe, what to do next.
                </Notice>
              ))}
            </div>
            <ul>
              <CardRow end="2 y">
                <MedicationLine
                  medicine={fakeMedicine({ id: "m", name: "amLODIPine", product: "5 mg tablet", record: "pending" })}
                />
              </CardRow>
            </ul>
          </Card>
        </div>
        <Card title="Scenes" aside={SCENES.length}>
          <ul className={css.scenes}>
            {SCENES.map((scene) => (
              <li key={scene.name}>
                <a href={`/?scene=${scene.name}&theme=${choice}`}>{scene.name}</a>
              </li>
            ))}
          </ul>
        </Card>
      </main>
    </IntlProvider>
  );
}

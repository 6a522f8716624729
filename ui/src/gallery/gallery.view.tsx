import { useState } from "react";
import { IntlProvider } from "react-intl";
import { MedicationLine } from "../chart/medication-line.view";
import { RecordMark } from "../chart/record-mark.view";
import { FlaggedValue } from "../chart/result-lines.view";
import { Button } from "../components/button.view";
import { Card, CardRow } from "../components/card.view";
import { Chip, type Tone } from "../components/chip.view";
import { CodeBoxes } from "../components/code-boxes.view";
import { TextField } from "../components/field.view";
import { Notice } from "../components/notice.view";
import { THEME_CHOICES, type ThemeChoice, useThemeSwitch } from "../theme/theme";
import { messages } from "../words/words";
import css from "./gallery.module.css";
import { SCENES } from "./scenes";

const TONES: Tone[] = ["grey", "pending", "warn", "critical", "ok", "info"];

/** Every part in every tone, and a link to every scene; for people who build the interface. */
export function Gallery({ theme }: { theme: ThemeChoice }) {
  const [code, setCode] = useState("407");
  const { choice, choose } = useThemeSwitch(theme);
  return (
    <IntlProvider locale="en" messages={messages}>
      <main className={css.page}>
        <h1 className={css.title}>Gallery</h1>
        <div className={css.line}>
          {THEME_CHOICES.map((one) => (
            <Button key={one} look={one === choice ? "primary" : "plain"} onPress={() => choose(one)}>
              {one}
            </Button>
          ))}
        </div>
        <div className={css.columns}>
          <Card title="Buttons and chips">
            <div className={css.stack}>
              <div className={css.line}>
                <Button look="primary" keys="Ctrl ↵">
                  Save
                </Button>
                <Button keys="Ctrl L">Lock</Button>
                <Button look="quiet">Quiet</Button>
                <Button look="link">Link</Button>
                <Button look="danger">Strike out</Button>
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
                <RecordMark record="pending" />
                <RecordMark record="conflict" />
                <RecordMark record="rejected" />
                <FlaggedValue value="112 µmol/L" flag="H" />
                <FlaggedValue value="4.6 mmol/L" flag="" />
              </div>
              <TextField label="Label" hint="Hint" defaultValue="0O 1lI" />
              <TextField label="Label" problem="What is wrong" defaultValue="value" />
              <CodeBoxes label="Workstation code" value={code} onChange={setCode} />
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
                  medicine={{
                    id: "m",
                    name: "amLODIPine",
                    product: "5 mg tablet",
                    dosage: "5 mg once a day by mouth",
                    active: true,
                    status: "active",
                    since: "2024",
                    age: "2 y",
                    record: "pending",
                  }}
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

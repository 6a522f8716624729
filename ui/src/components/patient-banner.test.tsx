import { render, screen } from "@testing-library/react";
import { IntlProvider } from "react-intl";
import { expect, test } from "vitest";
import type { BannerDto } from "../ipc/bindings";
import { makeFakeIpc } from "../ipc/fake/fake-ipc";
import { messages } from "../words/words";
import { PatientBanner } from "./patient-banner.view";

async function banner(change: Partial<BannerDto>): Promise<string> {
  const { banner } = await makeFakeIpc({ role: "nurse" }).call("open_chart", { patient: "p1" });
  render(
    <IntlProvider locale="en" messages={messages}>
      <PatientBanner banner={{ ...banner, ...change }} marks={null} />
    </IntlProvider>,
  );
  return screen.getByRole("region", { name: "Patient" }).textContent ?? "";
}

test("the other names say what they are", async () => {
  const text = await banner({
    preferred: "Idi",
    otherNames: [
      { nameUse: "nickname", name: "Idi" },
      { nameUse: "old", name: "NEWOLDNAME, Ida" },
      { nameUse: "maiden", name: "BORN, Ida" },
    ],
  });
  expect(text).toContain("Preferred name: Idi · Former name: NEWOLDNAME, Ida · Maiden name: BORN, Ida");
  expect(text).not.toContain("Nickname: Idi");
});

test("a patient without a name is not unreadable, and one who is unreadable is not without a name", async () => {
  expect(await banner({ unnamed: true, family: "", given: null })).toMatch(/Name not recorded.*CH-004471/);
});

test("only a former name is said to be one", async () => {
  expect(await banner({ nameUse: "old" })).toContain("only a former name is recorded");
});

test("a death without a date, an approximate age and a birth date in words are shown", async () => {
  const text = await banner({ deceased: true, died: null, birthDate: "1958", age: "~68 y", sex: "not_recorded" });
  expect(text).toContain("Died, date not recorded");
  expect(text).toContain("1958 (~68 y)");
  expect(text).toContain("Not recorded");
});

test("a birth date that is no date stands as it was recorded", async () => {
  expect(await banner({ birthDate: "spring 1950", age: null })).toMatch(/spring 1950(?! \()/);
});

test("a record that replaces another one says so", async () => {
  expect(await banner({ replaces: [{ patient: "p9", name: "MERGETEST, Old" }] })).toContain(
    "Replaces the record of MERGETEST, Old",
  );
});

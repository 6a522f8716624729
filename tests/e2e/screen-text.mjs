// What a person reads on the screen, by its parts, and how it differs from what must be there.

/** Reads the visible text; runs in the page. Text for screen readers only is left out, and long tables are scrolled through. */
const READ = `
  const done = arguments[0];
  const frame = () => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
  const withoutHidden = (read) => {
    const hidden = [...document.querySelectorAll("body *")].filter((e) => {
      const { width, height } = e.getBoundingClientRect();
      return e.textContent !== "" && width <= 1 && height <= 1 && getComputedStyle(e).position === "absolute";
    });
    hidden.forEach((e) => (e.style.display = "none"));
    try {
      return read();
    } finally {
      hidden.forEach((e) => (e.style.display = ""));
    }
  };
  const text = (e) => e.innerText.replace(/\\s+/g, " ").trim();
  const rows = new Map();
  const addRows = () =>
    document.querySelectorAll("main li, main tr, main [role=row]").forEach((row) => {
      const table = row.closest("[role=table]")?.getAttribute("aria-label") ?? "";
      rows.set(row.dataset.row === undefined ? row : table + " " + row.dataset.row, text(row));
    });
  (async () => {
    const whole = withoutHidden(() => {
      addRows();
      const titles = [...document.querySelectorAll("section[aria-labelledby] > header > h2")];
      const cards = titles.map((title) => [text(title), text(title.closest("section"))]);
      const banner = document.querySelector("section[aria-label=Patient]");
      const reader = document.querySelector("section[aria-label=Note]");
      return { page: text(document.body), cards, banner: banner ? text(banner) : "", reader: reader ? text(reader) : "" };
    });
    for (const table of document.querySelectorAll("main [role=table]")) {
      const box = table.parentElement;
      const before = box.scrollTop;
      while (box.scrollTop + box.clientHeight + 1 < box.scrollHeight) {
        const at = box.scrollTop;
        box.scrollTop = at + box.clientHeight / 2;
        await frame();
        withoutHidden(addRows);
        if (box.scrollTop === at) break;
      }
      box.scrollTop = before;
    }
    done({ ...whole, rows: [...rows.values()] });
  })().catch((error) => done({ failed: String(error) }));`;

/** The texts of the screen: the whole `page`, the patient's `banner`, the note `reader`, `cards` by title and `rows`. */
export async function readScreen(app) {
  const screen = await app.driver.executeAsyncScript(READ);
  if (screen.failed) throw new Error(screen.failed);
  screen.page = [screen.page, ...screen.rows].join("\n");
  return screen;
}

const fold = (text) => text.toLowerCase();
const contains = (text, wanted) => (wanted instanceof RegExp ? wanted.test(text) : fold(text).includes(fold(wanted)));

function faultsIn(where, text, { see = [], not = [] }) {
  return [
    ...see.filter((wanted) => !contains(text, wanted)).map((wanted) => `${where} does not say “${wanted}”: ${text}`),
    ...not.filter((wanted) => contains(text, wanted)).map((wanted) => `${where} says “${wanted}”: ${text}`),
  ];
}

/** What is missing or wrong on a screen, one line each. */
export function findFaults(screen, { see, not, banner = {}, reader = {}, rows = {}, cards = {}, absentCards = [] }) {
  const faults = faultsIn("the page", screen.page, { see, not });
  faults.push(...faultsIn("the banner", screen.banner, banner), ...faultsIn("the reader", screen.reader, reader));
  for (const [name, expected] of Object.entries(rows)) {
    // The shortest row is the innermost one.
    const found = screen.rows.filter((row) => contains(row, name)).toSorted((a, b) => a.length - b.length)[0];
    if (found === undefined) faults.push(`no row contains “${name}”: ${screen.rows.join(" | ")}`);
    else faults.push(...faultsIn(`the row “${name}”`, without(found, name), expected));
  }
  for (const [title, expected] of Object.entries(cards)) {
    const found = screen.cards.filter(([name]) => contains(name, title));
    if (found.length === 0 && expected.see) faults.push(`no card is called “${title}”: ${screen.cards.map(([name]) => name)}`);
    const text = found.map(([, content]) => without(content, title)).join(" ");
    faults.push(...(found.length === 0 ? [] : faultsIn(`the card “${title}”`, text, expected)));
  }
  for (const title of absentCards)
    if (screen.cards.some(([name]) => fold(name) === fold(title))) faults.push(`there is a card “${title}”`);
  return faults;
}

function without(text, name) {
  const at = fold(text).indexOf(fold(name));
  return at < 0 ? text : text.slice(0, at) + text.slice(at + name.length);
}

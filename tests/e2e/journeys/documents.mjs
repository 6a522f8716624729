// Documents of other systems are opened inside the app: nothing runs, nothing is fetched, nothing stays behind.
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Clinic } from "../clinic.mjs";
import { hostileHtml, hostilePdf, hostileRtf, LARGE } from "../hostile-documents.mjs";
import { scanFiles, scanMemory } from "../memory.mjs";
import { PageDriver } from "../page-driver.mjs";
import { until } from "../processes.mjs";

/** Found in the text of the documents and nowhere else. */
const MARKER = "Quetzaldocument Obsidian-Umbra";
const FIXTURES = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../fixtures/documents");
/** A PDF of a real program from a package of the operating system, where there is one. */
const INCOMPLETE = "A part of this page could not be drawn";
const SYSTEM_PDFS = ["/usr/share/doc/libtasn1-doc/libtasn1.pdf", "/usr/share/doc/shared-mime-info/shared-mime-info-spec.pdf"];

const PATIENT = { resourceType: "Patient", id: "doc-new", active: true, name: [{ use: "official", family: "Mwinyi", given: ["Zephyrdoc"] }] };
Object.assign(PATIENT, { gender: "female", birthDate: "1958-06-30", link: [{ other: { reference: "Patient/doc-old" }, type: "replaces" }] });
const OLDER = { ...PATIENT, id: "doc-old", active: false, name: [{ family: "Mwinyi", given: ["Olddoc"] }] };
OLDER.link = [{ other: { reference: "Patient/doc-new" }, type: "replaced-by" }];

/** Dark pixels of the visible canvas, or null while there is none that is drawn; runs in the page. */
const DARK_PIXELS = `
  const canvas = [...document.querySelectorAll("canvas")].find((c) => c.getClientRects().length > 0 && c.width > 1);
  if (!canvas) return null;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let dark = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 0 && data[at] < 128) dark += 1;
  return { dark, width: canvas.width, height: canvas.height };`;

/** Scrolls the list on, which has only its visible rows; runs in the page. */
const SCROLL_LIST = `
  const scrolls = (e) => e.scrollHeight > e.clientHeight + 40 && e.querySelector("[role=row]");
  const list = [...document.querySelectorAll("*")].filter(scrolls).at(-1);
  if (list) list.scrollTop = list.scrollTop + list.clientHeight + 40 < list.scrollHeight ? list.scrollTop + 200 : 0;
  return false;`;

/** Whether the reader shows a document of that name; runs in the page. */
const READS = "return document.querySelector('section[aria-label=Note]')?.innerText.includes(arguments[0]) ?? false";

/** Notes every progress that is shown, and presses Cancel at the first one if told to; runs in the page. */
const WATCH_PROGRESS = `
  const [cancels] = arguments;
  window.seenProgress = [];
  const look = () => {
    const shown = [...document.querySelectorAll("[aria-live=polite]")].map((e) => e.textContent).find((t) => / of 21/.test(t));
    if (!shown || window.seenProgress.at(-1) === shown) return;
    window.seenProgress.push(shown);
    const cancel = [...document.querySelectorAll("button")].find((b) => b.textContent === "Cancel");
    if (cancels && cancel) { watcher.disconnect(); cancel.click(); }
  };
  const watcher = new MutationObserver(look);
  watcher.observe(document.body, { childList: true, subtree: true, characterData: true });`;

export default async function documents(journey) {
  const step = journey.step.bind(journey);
  let connections = 0;
  const spy = net.createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise((ready) => spy.listen(0, "127.0.0.1", ready));
  spy.unref();
  const address = `http://127.0.0.1:${spy.address().port}`;
  const convert = (format) => {
    const file = path.join(journey.workstation.logs, `scan.${format}`);
    return journey.workstation.run("convert", [path.join(FIXTURES, "scan.png"), file]).then(() => fs.readFileSync(file));
  };
  const scan = fs.readFileSync(path.join(FIXTURES, "scan.png"));
  const system = SYSTEM_PDFS.find((file) => fs.existsSync(file));

  const clinic = await step("the clinic's server starts", () => Clinic.open(journey));
  await step("another system writes the documents", async () => {
    const token = await clinic.token("jonas");
    const put = async (body) => {
      const created = await clinic.fhirRequest(token, "PUT", `${body.resourceType}/${body.id}`, { body });
      assert.equal(created.status, 201, created.text);
    };
    const document = (id, name, attachment, patient = "doc-new") =>
      put({
        resourceType: "DocumentReference",
        id: `doc-${id}`,
        status: "current",
        docStatus: "final",
        type: { text: name },
        category: [{ coding: [{ code: "clinical-note" }] }],
        subject: { reference: `Patient/${patient}` },
        date: "2026-11-05T09:00:00Z",
        author: [{ display: "City hospital" }],
        content: [{ attachment }],
      });
    const inline = (contentType, data) => ({ contentType, data: Buffer.from(data).toString("base64") });
    await put(PATIENT);
    await put(OLDER);
    await document("html", "Hostile letter", inline("text/html", hostileHtml(MARKER, address, scan.toString("base64"))));
    await document("rtf", "Rich letter", inline("application/rtf", hostileRtf(MARKER, address)));
    await document("pdf", "Paper letter", inline("application/pdf", hostilePdf(MARKER, address)));
    await document("cairo", "Ward letter", inline("application/pdf", fs.readFileSync(path.join(FIXTURES, "letter.pdf"))));
    await document("scan", "Scanned page", inline("application/pdf", fs.readFileSync(path.join(FIXTURES, "scan.pdf"))));
    await document("jpeg", "Scanned photo", inline("image/jpeg", await convert("jpg")));
    await document("tiff", "Scanned fax", { ...inline("image/tiff", await convert("tiff")), title: "Fax" });
    await document("merged", "Older letter", inline("text/plain", `Of the older number: ${MARKER}`), "doc-old");
    if (system) await document("system", "Manual", inline("application/pdf", fs.readFileSync(system)));
    const large = hostilePdf(MARKER, address, LARGE);
    await put({ resourceType: "Binary", id: "doc-large", contentType: "application/pdf", data: large.toString("base64") });
    await document("large", "Long report", { contentType: "application/pdf", url: "Binary/doc-large", size: large.length });
    const content = { ...inline("image/png", scan), title: "Heel" };
    await put({ resourceType: "Media", id: "doc-media", status: "completed", modality: { text: "Photograph" }, bodySite: { text: "Left heel" }, subject: { reference: "Patient/doc-new" }, createdDateTime: "2026-11-05T09:00:00Z", content });
  });
  await step("a nurse is enrolled and the records are downloaded", async () => {
    await clinic.enrol("amara");
    await clinic.runAs("amara", "sync");
  });
  const app = await step("the window opens", () => journey.openApp({ profile: clinic.profile }));
  const page = new PageDriver(app);
  const script = (text, ...args) => app.driver.executeScript(text, ...args);
  const open = async (name) => {
    await until(`“${name}” in the list`, 20_000, async () => (await page.canPress(name, { part: true })) || (await script(SCROLL_LIST)));
    await page.press(name, { part: true });
    await until(`the reader of ${name}`, 10_000, () => script(READS, name));
  };
  const drawn = (what, { dark = 300, limit = 30_000 } = {}) =>
    until(`${what} to be drawn`, limit, async () => {
      const found = await script(DARK_PIXELS);
      return found !== null && found.dark >= dark && found;
    });
  const frames = () => script("return document.querySelectorAll('iframe[src^=\"document:\"]').length");
  const untouched = async () => {
    assert.equal(connections, 0, "nothing of a document is fetched");
    assert.equal(await script("return window.ranFromDocument ?? null"), null);
    assert.ok((await app.driver.getCurrentUrl()).startsWith("tauri://localhost"));
    await journey.noViolations();
  };

  await step("the nurse opens the documents of a chart", async () => {
    await page.unlock(clinic, "amara");
    await page.waitForSync();
    await page.openChart("zephyrdoc", "Zephyrdoc");
    await page.press("Notes and documents");
    await page.waitForText("Hostile letter");
  });
  await step("a hostile letter is only its words", async () => {
    await open("Hostile letter");
    for (const text of [MARKER, "warfarin", "Take apixaban 5 mg twice a day.", "Logo of the clinic"]) await page.waitForText(text);
    await page.waitForText("A picture at another address was not fetched: Logo of the clinic");
    await page.press("Show with its pictures");
    await drawn("the picture in the letter", { dark: 100 });
    await untouched();
    await journey.screen("html");
  });
  await step("a letter in RTF is read", async () => {
    await open("Rich letter");
    for (const text of [MARKER, "Blutdruck gemäßigt"]) await page.waitForText(text);
    await untouched();
  });
  await step("a PDF is drawn in a frame without an origin", async () => {
    assert.equal(await frames(), 0);
    await open("Paper letter");
    await page.press("Open");
    const { width, height } = await drawn("the first page");
    assert.ok(width > 500 && height > width);
    assert.equal(await frames(), 1);
    const frame = await page.find('iframe[src^="document:"]');
    assert.equal(await frame.getAttribute("sandbox"), "allow-scripts");
    await page.press("Show the text of this page");
    for (const text of [MARKER, "Stop warfarin today"]) await page.waitForText(text);
    await page.waitForTextGone(INCOMPLETE);
    await page.press("Next page");
    for (const text of ["Apixaban 5 mg twice a day", INCOMPLETE]) await page.waitForText(text);
    await untouched();
    await journey.screen("pdf");
  });
  await step("the frame reaches neither the network nor the app", async () => {
    await app.driver.switchTo().frame(await page.find('iframe[src^="document:"]'));
    const found = await app.driver.executeAsyncScript(
      `const [spy, done] = arguments;
       const get = (url) => fetch(url).then(() => "reached", () => "blocked");
       const page = () => { try { return parent.document ? "reached" : "nothing"; } catch { return "blocked"; } };
       Promise.all([get(spy), get("document://localhost/viewer/frame.js"), get("tauri://localhost/index.html"), get("ipc://localhost/session")])
         .then((fetched) => done({ fetched, page: page(), origin: self.origin, tauri: typeof window.__TAURI_INTERNALS__ }));`,
      address,
    );
    await app.driver.switchTo().defaultContent();
    const blocked = ["blocked", "blocked", "blocked", "blocked"];
    assert.deepEqual(found, { fetched: blocked, page: "blocked", origin: "null", tauri: "undefined" });
    assert.equal(connections, 0);
  });
  await step("closing the PDF ends its frame", async () => {
    await page.press("Close");
    assert.equal(await frames(), 0);
  });
  for (const name of ["Ward letter", "Scanned page", "Scanned photo", "Photograph", ...(system ? ["Manual"] : [])]) {
    await step(`${name} is drawn`, async () => {
      await open(name);
      await page.press("Open");
      const found = await drawn(name);
      console.log(`       ${found.width} × ${found.height}, ${found.dark} dark pixels`);
      await untouched();
      await journey.screen(name.toLowerCase().replaceAll(" ", "-"));
    });
  }
  await step("a TIFF says what it is and how large", async () => {
    await open("Scanned fax");
    for (const text of ["Fax", "image/tiff", "This kind of file cannot be shown here."]) await page.waitForText(text);
    await journey.screen("tiff");
  });
  await step("a document of the merged record opens in the chart", async () => {
    await open("Older letter");
    await page.waitForText("Of the older number");
    const ask = (patient, reference) => app.invoke("open_document", { request: { patient, reference, index: 0, source: false } });
    assert.equal((await ask("doc-new", "DocumentReference/doc-merged")).ok?.form, "text");
    const { rows } = (await app.invoke("search_patients", { request: { query: "gonzalez", offset: 0, limit: 5 } })).ok;
    assert.equal((await ask(rows[0].patient, "DocumentReference/doc-merged")).failed?.code, "not_available");
  });
  await step("opening 20 MB can be cancelled", async () => {
    await open("Long report");
    await page.press("Open");
    await page.press("Cancel");
    await until("the button to open it again", 30_000, () => page.canPress("Open"));
  });
  await step("reading 20 MB can be cancelled", async () => {
    await script(WATCH_PROGRESS, true);
    await page.press("Open", { limit: 30_000 });
    await until("progress", 60_000, () => script("return window.seenProgress.length > 0"));
    await until("the button to open it again", 10_000, () => page.canPress("Open"));
    assert.equal(await frames(), 0);
  });
  await step("20 MB are opened with their progress", async () => {
    await script(WATCH_PROGRESS, false);
    const start = Date.now();
    await page.press("Open");
    await drawn("the long report", { limit: 60_000 });
    const seen = await script("return window.seenProgress");
    console.log(`       ${Date.now() - start} ms, ${seen.length} times: ${seen[0]} … ${seen.at(-1)}`);
    assert.ok(seen.length >= 5, JSON.stringify(seen));
    await untouched();
    await journey.screen("large");
  });
  await step("leaving the tab ends the frame", async () => {
    await page.press("Problems");
    await until("no frame", 5_000, async () => (await frames()) === 0);
    await page.press("Notes and documents");
    await open("Paper letter");
    await page.press("Open");
    await drawn("the PDF again");
    assert.equal(await frames(), 1);
  });
  await step("unlocked, the documents are in memory, and bytes are read by their handle only", async () => {
    const found = scanMemory(app.pid, MARKER);
    assert.ok(found.some((one) => one.name.startsWith("WebKitWeb") && one.hits > 0), JSON.stringify(found));
    assert.equal(await script("return fetch('document://localhost/bytes/guess/all/0').then((r) => r.status)"), 404);
  });
  await step("after the lock no process has any of it", async () => {
    await page.lock();
    assert.equal(await frames(), 0);
    assert.equal(await script("return fetch('document://localhost/bytes/guess/all/0').then((r) => r.status)"), 423);
    const found = scanMemory(app.pid, MARKER);
    assert.ok(found.length >= 2, "the new engine is scanned too");
    assert.deepEqual(found.filter((one) => one.hits > 0), []);
  });
  await step("no file has any of it", async () => {
    await app.close();
    const { home, temp, logs, env, root } = journey.workstation;
    for (const folder of [home, temp, logs, env.XDG_RUNTIME_DIR]) assert.deepEqual(scanFiles(folder, MARKER), []);
    // The same scan finds it where it must be: on the server.
    assert.notDeepEqual(scanFiles(path.join(root, "backend"), MARKER), []);
    assert.equal(connections, 0);
    spy.close();
  });
}

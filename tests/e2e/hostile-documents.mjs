// Documents as other systems send them, each with `marker` in its text; some also try to run, to fetch or to redirect.

/** Twenty megabytes. */
export const LARGE = 20 * 1024 * 1024;

/** A note in HTML that tries everything that a page can do. `spy` is an address that counts connections. */
export function hostileHtml(marker, spy, picture) {
  return `<!DOCTYPE html><html><head><title>Clinic letter</title>
<meta http-equiv="refresh" content="0;url=${spy}/refresh"><base href="${spy}/base/">
<link rel="stylesheet" href="${spy}/style.css"><link rel="prefetch" href="${spy}/prefetch"><link rel="preconnect" href="${spy}">
<style>@import url("${spy}/import.css"); body { background: url(${spy}/background.png) }</style>
<script>window.ranFromDocument = "inline"; document.title = "ran"; fetch("${spy}/script")</script>
<script src="${spy}/script.js"></script></head>
<body background="${spy}/body.png" onload="window.ranFromDocument = 'onload'">
<p>${marker}</p><p>Stop <b>warfarin</b> today.</p>
<img src="${spy}/pixel.png" alt="Logo of the clinic" onerror="window.ranFromDocument = 'onerror'">
<img src=x onerror="window.ranFromDocument = 'onerror'">
<img srcset="${spy}/set.png 2x" alt="Set">
<svg onload="window.ranFromDocument = 'svg'"><image href="${spy}/svg.png"/></svg>
<p onclick="window.ranFromDocument = 'onclick'" onmouseover="window.ranFromDocument = 'over'">Take apixaban 5 mg twice a day.</p>
<a href="javascript:window.ranFromDocument='link'">Results</a> <a href="${spy}/link" ping="${spy}/ping">Guideline</a>
<iframe src="${spy}/frame"></iframe><object data="${spy}/object"></object><embed src="${spy}/embed">
<video src="${spy}/video" autoplay></video><form action="${spy}/form"><input type="image" src="${spy}/input.png"></form>
<img alt="ECG of today" src="data:image/png;base64,${picture}">
</body></html>`;
}

/** A note in RTF with a picture that is to be fetched. */
export function hostileRtf(marker, spy) {
  const field = `{\\field{\\*\\fldinst INCLUDEPICTURE "${spy}/rtf.png" \\\\d}{\\fldrslt [logo]}}`;
  return `{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Arial;}}\\f0 ${marker}\\par Blutdruck gem\\'e4\\'dfigt \\strike Aspirin\\strike0\\par ${field}}`;
}

/**
 * A PDF of two pages in a font that it does not contain, padded to `size`; it tries to run a script and to call `spy`, and
 * its second page has a picture of 900 million pixels.
 */
export function hostilePdf(marker, spy, size = 0) {
  const page = (lines, more = "") => {
    const text = `BT /F1 18 Tf 60 760 Td 24 TL ${lines.map((line) => `(${line}) Tj T*`).join(" ")} ET${more}`;
    return `<< /Length ${text.length} >>\nstream\n${text}\nendstream`;
  };
  const fonts = "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> /XObject << /Huge 10 0 R >> >>";
  const leaf = (content) => `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] ${fonts} /Contents ${content} 0 R /Annots [8 0 R] >>`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R /OpenAction 7 0 R /AA << /WC 7 0 R >> >>",
    "<< /Type /Pages /Count 2 /Kids [3 0 R 4 0 R] >>",
    leaf(5),
    leaf(6),
    page([marker, "Discharge letter", "Stop warfarin today"]),
    page(["Second page", "Apixaban 5 mg twice a day"], " q 100 0 0 100 60 300 cm /Huge Do Q"),
    `<< /S /JavaScript /JS (app.launchURL\\("${spy}/pdf-script"\\); this.ranFromDocument = 1;) /Next << /S /URI /URI (${spy}/pdf-uri) >> >>`,
    `<< /Type /Annot /Subtype /Link /Rect [0 0 595 842] /A << /S /URI /URI (${spy}/pdf-link) >> >>`,
    `<< /Length ${size} >>\nstream\n${"x".repeat(size)}\nendstream`,
    "<< /Type /XObject /Subtype /Image /Width 30000 /Height 30000 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 4 >>\nstream\n0000\nendstream",
  ];
  let out = "%PDF-1.7\n";
  const offsets = objects.map((object, at) => {
    const offset = out.length;
    out += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const xref = out.length;
  const line = (offset) => `${String(offset).padStart(10, "0")} 00000 n \n`;
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map(line).join("")}`;
  return Buffer.from(`${out}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`, "latin1");
}

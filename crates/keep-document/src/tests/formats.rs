//! What each form keeps.

use super::{body_of, is_balanced, outline, text_of};
use crate::{Notice, read_narrative};

fn check(content_type: &str, document: impl AsRef<[u8]>, wanted: &str) {
    let body = body_of(content_type, document);
    assert_eq!(outline(&body), wanted);
    assert!(is_balanced(&body));
}

#[test]
fn html_keeps_what_changes_the_meaning() {
    for (html, wanted) in [
        ("<p>Stop warfarin today</p>", "<Paragraph>Stop warfarin today</>"),
        ("<del>aspirin</del> <s>a</s> <strike>b</strike>", "<CrossedOut>aspirin</> <CrossedOut>a</> <CrossedOut>b</>"),
        ("<span style='text-decoration: line-through'>aspirin</span>", "<CrossedOut>aspirin</>"),
        ("10<sup>9</sup>/L, H<sub>2</sub>O", "10<Superscript>9</>/L, H<Subscript>2</>O"),
        ("10<span style='vertical-align:super'>9</span>", "10<Superscript>9</>"),
        ("5 <font face=Symbol>m</font>g", "5 μg"),
        ("5 <span style='font-family:Symbol'>m<b style='font-family:Arial'>g</b></span>", "5 μ<Strong>g</>"),
        ("<input type=checkbox checked> DNR <input type=checkbox> full code", "[x] DNR [ ] full code"),
        (
            "<select><option>IV</option><option selected>PO</option></select>",
            "<List><Item(None)>[ ]IV</><Item(None)>[x]PO</></>",
        ),
        (
            "<ol start=3 type=a><li>x</li><li value=9>y</li></ol>",
            "<NumberedList(LowerAlpha, 3)><Item(None)>x</><Item(Some(9))>y</></>",
        ),
        ("<img src='https://x.example/a' alt='ECG: ST elevation'>", "<RemoteImage ECG: ST elevation>"),
        ("<img src='//x.example/a'>", "<RemoteImage >"),
        ("<img src='cid:ecg@ward' alt='ECG'>", "<Image ECG>"),
        ("<iframe src='https://x.example/'>inner</iframe>", "<Embedded >"),
        ("<a href='https://x.example/'>guideline</a>", "<Link(\"https://x.example/\")>guideline</>"),
        ("a<br>b<hr>", "a<br>b<hr>"),
        ("<pre>a\n  b</pre>", "<Preformatted>a\n  b</>"),
        ("<q>no</q>", "“no”"),
        ("K &lt; 3.0 &amp; Na &gt; 150 &nbsp;", "K < 3.0 & Na > 150 \u{A0}"),
        (
            "<table><tr><th colspan=2>K</th></tr><tr><td>3</td><td rowspan='2'>4</td></tr></table>",
            "<Table><Row><HeaderCell(2, 1)>K</></><Row><Cell(1, 1)>3</><Cell(1, 2)>4</></></>",
        ),
    ] {
        check("text/html", html, wanted);
    }
}

#[test]
fn html_is_decoded_by_its_own_declaration() {
    assert!(text_of("text/html", b"<meta charset=iso-8859-2><p>\xB3\xF3d\xBC</p>").contains("łódź"));
    assert!(text_of("text/html", b"<p>Gr\xF6\xDFe</p>").contains("Größe"));
    assert!(text_of("text/html;charset=windows-1251", b"<p>\xC0\xF1</p>").contains("Ас"));
    assert!(
        text_of("application/xhtml+xml", b"<?xml version='1.0' encoding='ISO-8859-1'?><p>Gr\xF6\xDFe</p>")
            .contains("Größe")
    );
    let guessed = body_of("text/plain", b"Gr\xF6\xDFe 1,70 m");
    assert!(guessed.notices == [Notice::GuessedCharset("windows-1252")] && guessed.text() == "Größe 1,70 m");
}

#[test]
fn xhtml_with_empty_elements_is_read_to_its_end() {
    let xhtml = "<html xmlns='http://www.w3.org/1999/xhtml'><head><title/><script src='x'/></head><body><a/><p>Stop</p><textarea/><p>warfarin</p></body></html>";
    let text = text_of("application/xhtml+xml", xhtml);
    assert!(text.contains("Stop") && text.contains("warfarin"), "{text}");
    let div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">Stop <b>warfarin</b> today.</div>";
    assert_eq!(outline(&read_narrative(div)), "<Block>Stop <Strong>warfarin</> today.</>");
    assert!(read_narrative("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p/></div>").is_blank());
    assert!(!read_narrative("<div><!-- Stop --></div>").is_blank());
}

#[test]
fn markdown_loses_no_words() {
    check(
        "text/markdown",
        "# Heading\n**Stop aspirin**",
        "<Heading(1)>Heading</>\n<Paragraph><Strong>Stop aspirin</></>\n",
    );
    check("text/markdown", "~~aspirin~~", "<Paragraph><CrossedOut>aspirin</></>\n");
    check("text/markdown", "- [x] DNR\n- [ ] full", "<List>\n<Item(None)>[x]\nDNR</>\n<Item(None)>[ ]\nfull</>\n</>\n");
    check("text/markdown", "a\nb", "<Paragraph>a<br>\nb</>\n");
    for words in [
        "pH <normal and K >low",
        "<not a tag> given",
        "[STOP]: warfarin",
        "x <b and c> y",
        "<!-- no heparin -->",
        "[^1]: no contrast",
        "5 * 3 * 2",
        "a_b_c <10 mg",
        "<http://x.example/> seen",
    ] {
        let text = text_of("text/markdown", words);
        let letters = |t: &str| {
            t.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        for word in letters(words) {
            assert!(letters(&text).contains(&word), "{words}: {text}");
        }
    }
}

#[test]
fn rtf_of_several_programs_is_read() {
    // Microsoft Word 16.
    let word = br"{\rtf1\adeflang1025\ansi\ansicpg1252\uc1\adeff0\deff0{\fonttbl{\f0\fbidi \froman\fcharset0\fprq2{\*\panose 02020603050405020304}Times New Roman;}{\f3\fbidi \froman\fcharset2\fprq2{\*\panose 05050102010706020507}Symbol;}{\f40\fcharset204 Times New Roman Cyr;}}{\colortbl;\red0\green0\blue0;}{\stylesheet{\ql \snext0 Normal;}}{\*\generator Microsoft Word;}{\info{\author Nobody}}\pard\plain \f0\fs24 {\rtlch\fcs1 \af0 \ltrch\fcs0 Stop }{\b warfarin}{ today.\par Gr\'f6\'dfe 5 }{\f3 m}{g, 5 }{\f3\'6d}{g, \u8805\'3d 3 {\strike aspirin} 10{\super 9}/L\cell 2\cell\row }{\f40\'c0\'f1}\par}";
    assert_eq!(
        outline(&body_of("application/rtf", word)),
        "Stop warfarin today.\nGröße 5 μg, 5 μg, ≥ 3 <CrossedOut>aspirin</> 10<Superscript>9</>/L\t2\t\nАс\n"
    );
    // LibreOffice: Unicode with fallback, and an empty font name.
    let libre = br"{\rtf1\ansi\deff3\adeflang1025{\fonttbl{\f0\froman\fprq2\fcharset0 Times New Roman;}}{\*\generator LibreOffice/7.4}\pard\plain{\loch Temperatur \u176\'b0C, \uc2\u28450\'8a\'bf\uc1\u23383?}\par}";
    assert_eq!(text_of("text/rtf", libre), "Temperatur °C, 漢字\n");
    // WordPad of a Japanese system: two bytes, the second as a letter.
    let pad =
        b"{\\rtf1\\ansi\\ansicpg932\\deff0{\\fonttbl{\\f0\\fnil\\fcharset128 MS Gothic;}}\\f0 \\'83A\\'83X\\'83s\\par}";
    assert_eq!(text_of("text/rtf", pad), "アスピ\n");
    // TextEdit of macOS.
    let mac = br"{\rtf1\ansi\ansicpg1252\cocoartf2639{\fonttbl\f0\fswiss\fcharset0 Helvetica;}\pard\f0\fs24 \cf0 a\
\pard b\'97c}";
    assert_eq!(text_of("text/rtf", mac), "a\nb—c");
    // An old laboratory system: no fonts, code page of DOS.
    assert_eq!(text_of("text/rtf", br"{\rtf1\pc Gr\'94\'e1e}"), "Größe");
}

#[test]
fn rtf_marks_what_is_deleted_left_out_or_checked() {
    for (rtf, wanted) in [
        (&br"{\rtf1 {\deleted aspirin}{\revised warfarin}}"[..], "<CrossedOut>aspirin</>warfarin"),
        (br"{\rtf1 a\strike b\strike0 c}", "a<CrossedOut>b</>c"),
        (br"{\rtf1 10\up6 9\up0 /L}", "10<Superscript>9</>/L"),
        (br"{\rtf1 {\v hidden}{\footnote note}{\header head}}", "hiddennotehead"),
        (br"{\rtf1 x{\pict\pngblip 89504e47}y}", "x<Image >y"),
        (b"{\\rtf1 x{\\pict\\bin3 }}}}y}", "x<Image >y"),
        (br"{\rtf1 x{\object\objemb{\*\objdata 0102}{\result shown}}}", "x<Embedded >shown"),
        (br"{\rtf1 {\field{\*\fldinst HYPERLINK x}{\fldrslt guideline}}}", "guideline"),
        (br"{\rtf1 {\field{\*\fldinst {\*\formfield{\fftype1\ffres25\ffdefres1{\*\ffname DNR}}} FORMCHECKBOX}{\fldrslt }} DNR}", "[x] DNR"),
        (br"{\rtf1 \{a\}\\\~b\_c\-d}", "{a}\\\u{A0}b\u{2011}cd"),
        (br"{\rtf1\uc1 \u55357?\u56832?}", "😀"),
        (br"{\rtf1{\listtext\bullet\tab}item}", "•\titem"),
        (br"{\rtf1 {\*\unknown lost}{\*\annotation kept}}", "kept"),
    ] {
        check("application/rtf", rtf, wanted);
    }
}

#[test]
fn cda_narratives_and_header_are_read() {
    let cda = r#"<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet type="text/xsl" href="https://x.example/cda.xsl"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Discharge &amp; plan</title><effectiveTime value="20261128"/>
<recordTarget><patientRole><patient><name><given>Ida</given><family>Newmisc</family></name><birthTime value="19700202"/></patient></patientRole></recordTarget>
<author><assignedAuthor><assignedPerson><name>Dr X</name></assignedPerson></assignedAuthor></author>
<component><structuredBody><component><section><code code="18776-5"/><title>Plan</title><text><paragraph>Stop <content styleCode="Bold">warfarin</content>.</paragraph><list listType="ordered"><item>a<br/>b</item></list><content revised="delete">aspirin</content><table><tbody><tr><th>K</th><td colspan="2">&#181;g &lt; 3</td></tr></tbody></table></text>
<component><section><title>Inner</title><text>free text</text></section></component></section></component></structuredBody></component></ClinicalDocument>"#;
    let body = body_of("text/xml", cda);
    let found = outline(&body);
    for wanted in [
        "<Heading(1)>Discharge & plan</>",
        "<Date 20261128>",
        "<Patient Ida Newmisc>",
        "<BirthDate 19700202>",
        "<Author Dr X>",
        "<Heading(2)>Plan</><Block><Paragraph>Stop <Strong>warfarin</>.</><NumberedList(Decimal, 1)><Item(None)>a<br>b</></><CrossedOut>aspirin</>",
        "<HeaderCell(1, 1)>K</><Cell(2, 1)>µg < 3</>",
        "<Heading(3)>Inner</><Block>free text</>",
    ] {
        assert!(found.contains(wanted), "{wanted} in {found}");
    }
    assert!(is_balanced(&body));
    let unstructured = |text: &str| {
        format!("<ClinicalDocument><component><nonXMLBody>{text}</nonXMLBody></component></ClinicalDocument>")
    };
    let plain = unstructured("<text mediaType='text/plain'>Stop warfarin</text>");
    assert!(text_of("application/xml", plain).contains("Stop warfarin"));
    let packed =
        unstructured("<text mediaType='text/html' representation='B64'>PHA+U3RvcCB3YXJm\nYXJpbiB0b2RheTwvcD4=</text>");
    assert!(text_of("application/xml", packed).contains("Stop warfarin today"));
    let pdf = unstructured("<text mediaType='application/pdf' representation='B64'>JVBERi0xLjQK</text>");
    assert_eq!(outline(&body_of("application/xml", pdf)), "<Block><Embedded application/pdf></>");
}

/// A PNG of one pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAGl7e7gAAAABJRU5ErkJggg==";

#[test]
fn a_picture_that_is_part_of_a_document_is_one_of_its_pieces() {
    let of = |html: &str| outline(&body_of("text/html", html));
    assert_eq!(
        of(&format!("<p>x<img alt=ECG src='data:image/png;base64,{PIXEL}'></p>")),
        "<Paragraph>x<Png of 67 bytes ECG></>"
    );
    // The first bytes decide, and systems break long lines.
    let broken = PIXEL.replace("AAA", "AAA\n ");
    assert_eq!(of(&format!("<img src=' DATA:image/gif;BASE64,{broken}'>")), "<Png of 67 bytes >");
    for other in [
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/svg+xml,<svg onload=alert(1)/>",
        "data:text/html;base64,PHNjcmlwdD4=",
        "data:image/png;base64,%%%",
        "data:",
    ] {
        assert_eq!(of(&format!("<img src='{other}' alt=ECG>")), "<Image ECG>", "{other}");
    }
    let large = format!("<img src='data:image/png;base64,iVBORw0KGgo{}' alt=ECG>", "A".repeat(6 * 1024 * 1024));
    assert_eq!(of(&large), "<Image ECG>");
    assert_eq!(
        outline(&body_of("text/markdown", format!("![ECG](data:image/png;base64,{PIXEL})"))).trim(),
        "<Paragraph><Png of 67 bytes ECG></>"
    );
    let body = body_of("text/html", format!("<a href='data:image/png;base64,{PIXEL}'>x</a>"));
    assert!(super::links(&body).is_empty() && body.text() == "x");
}

#[test]
fn a_message_shows_its_text_with_the_pictures_that_are_parts_of_it() {
    let part = |headers: &str, body: &str| format!("--=_x\r\n{headers}\r\n\r\n{body}\r\n");
    let html = part(
        "Content-Type: text/html;\r\n charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable",
        "<p>K =3D 3.0 =C2=B5g, s=\r\nee</p><img src=3D\"cid:ecg%40ward\" alt=3DECG><img src=3Dcid:none alt=3DX>",
    );
    let picture = |id: &str, data: &str| {
        part(&format!("Content-ID: <{id}>\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64"), data)
    };
    let message = |parts: &[String]| format!("MIME-Version: 1.0\r\n\r\n{}--=_x--\r\n", parts.concat());
    let letter = message(&[html.clone(), picture("ecg@ward", PIXEL), picture("other", PIXEL)]);
    let shown = "<Block><Paragraph>K = 3.0 µg, see</><Png of 67 bytes ECG><Image X></><Png of 67 bytes image/png>";
    check("multipart/related; boundary=\"=_x\"", &letter, shown);
    check("message/rfc822", &letter, shown);
    let file = part("Content-Type: application/zip\r\nContent-Transfer-Encoding: base64", "UEsDBBQABgAIAAAAAAA=");
    check(
        "multipart/mixed",
        message(&[part("X: y", "Stop warfarin"), file]),
        "<Preformatted>Stop warfarin</><Embedded application/zip>",
    );
    // Nothing divides it: it is shown as it is.
    assert!(text_of("multipart/related", "Stop warfarin").contains("Stop warfarin"));
    assert!(text_of("multipart/related", "--a\r\n\r\nStop\r\n").contains("Stop"));
}

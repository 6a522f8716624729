//! Opening documents: what crosses, what is recorded, and when it ends.

use super::{Clinic, code_of, ok};
use crate::cases::audit;
use crate::cases::documents::{close_document, document_bytes, document_chunk, open_document};
use crate::dto::chart::document::{DocumentChunkAskDto, DocumentFormDto, OpenDocumentDto, PieceDto};
use crate::testing::{import, leila_at_the_desk, nurse_amara};
use keep_audit::{EventClass, EventView};
use keep_domain::ErrorCode;
use keep_store::HeaderFilter;

/// A letter with an HTML form and a picture.
const LETTER: &str = r#"{"resourceType":"DocumentReference","id":"letter","status":"current","subject":{"reference":"Patient/maria"},"category":[{"coding":[{"code":"clinical-note"}]}],"date":"2026-11-05T09:00:00Z","content":[{"attachment":{"contentType":"text/html","data":"PHA+U3RvcCB3YXJmYXJpbiB0b2RheTwvcD4="}},{"attachment":{"contentType":"image/png","data":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAGl7e7gAAAABJRU5ErkJggg=="}}]}"#;

impl Clinic {
    pub(super) fn has_a_letter(&self) {
        ok(import(&self.workstation, vec![LETTER.to_owned()]));
    }
}

/// Asks for the letter's first attachment.
pub(super) fn letter(source: bool) -> OpenDocumentDto {
    OpenDocumentDto {
        patient: String::from("maria"),
        reference: String::from("DocumentReference/letter"),
        index: 0,
        source,
    }
}

fn text_of(clinic: &Clinic, handle: &str) -> String {
    let ask = DocumentChunkAskDto { handle: handle.to_owned(), offset: 0 };
    let chunk = ok(document_chunk(&clinic.workstation, &ask));
    assert!(chunk.next.is_none());
    let text = chunk.pieces.into_iter().filter_map(|p| if let PieceDto::Text { text } = p { Some(text) } else { None });
    text.collect()
}

#[test]
fn an_attachment_is_opened_until_it_is_closed_or_the_lock() {
    let clinic = Clinic::with(nurse_amara());
    clinic.has_a_letter();
    let opened = ok(open_document(&clinic.workstation, letter(false)));
    assert_eq!(text_of(&clinic, &opened.handle), "Stop warfarin today");
    let source = ok(open_document(&clinic.workstation, letter(true)));
    assert_eq!(text_of(&clinic, &source.handle), "<p>Stop warfarin today</p>");
    let picture = ok(open_document(&clinic.workstation, OpenDocumentDto { index: 1, ..letter(false) }));
    assert_eq!((picture.form, picture.content_type.as_str()), (DocumentFormDto::Image, "image/png"));
    let bytes = ok(document_bytes(&clinic.workstation, &picture.handle, None, 8));
    assert_eq!((bytes.bytes.len(), bytes.total), (59, 67));
    ok(close_document(&clinic.workstation, &picture.handle));
    assert_eq!(code_of(document_bytes(&clinic.workstation, &picture.handle, None, 0)), ErrorCode::NotAvailable);
    clinic.lock();
    assert_eq!(code_of(document_bytes(&clinic.workstation, &opened.handle, None, 0)), ErrorCode::Locked);
    ok(clinic.unlock_well());
    let ask = DocumentChunkAskDto { handle: opened.handle, offset: 0 };
    assert_eq!(code_of(document_chunk(&clinic.workstation, &ask)), ErrorCode::NotAvailable);
}

#[test]
fn the_event_names_the_document() {
    let clinic = Clinic::with(nurse_amara());
    clinic.has_a_letter();
    let ledger = || ok_ledger(&clinic);
    let before = ledger();
    ok(open_document(&clinic.workstation, letter(false)));
    assert_eq!(ledger(), before + 1, "one event for each opening");
}

/// The letter's text as a Binary of its own.
const BINARY: &str =
    r#"{"resourceType":"Binary","id":"text","contentType":"text/plain","data":"U3RvcCB3YXJmYXJpbg=="}"#;
/// A document that refers to it.
const REFERRING: &str = r#"{"resourceType":"DocumentReference","id":"referring","status":"current","subject":{"reference":"Patient/maria"},"category":[{"coding":[{"code":"clinical-note"}]}],"content":[{"attachment":{"contentType":"text/plain","url":"Binary/text"}}]}"#;

#[test]
fn a_binary_is_read_from_this_workstation_or_needs_the_server() {
    let clinic = Clinic::with(nurse_amara());
    let ask = || OpenDocumentDto { reference: String::from("DocumentReference/referring"), ..letter(false) };
    ok(import(&clinic.workstation, vec![REFERRING.to_owned()]));
    // There is no server here: it can be tried again later.
    assert!(open_document(&clinic.workstation, ask()).is_err());
    ok(import(&clinic.workstation, vec![BINARY.to_owned()]));
    let before = ok_ledger(&clinic);
    let opened = ok(open_document(&clinic.workstation, ask()));
    assert_eq!(text_of(&clinic, &opened.handle), "Stop warfarin");
    assert_eq!(ok_ledger(&clinic), before + 2, "one event for the document and one for the Binary");
}

/// Number of events that say that a chart, or a part of one, was read.
fn ok_ledger(clinic: &Clinic) -> usize {
    let device = clinic.workstation.enrolled_device().map_err(|f| f.code).expect("device");
    let headers = device.ledger.headers(&HeaderFilter::default(), 500).expect("headers").headers;
    headers.iter().filter(|h| h.class == EventClass::ChartRead).count()
}

/// Two Patient records of one person, and a document of the older one.
const MERGED: [&str; 3] = [
    r#"{"resourceType":"Patient","id":"older","active":false,"name":[{"text":"Old"}],"link":[{"other":{"reference":"Patient/maria"},"type":"replaced-by"}]}"#,
    r#"{"resourceType":"DocumentReference","id":"merged","status":"current","subject":{"reference":"Patient/older"},"content":[{"attachment":{"contentType":"text/plain","data":"U3RvcCB3YXJmYXJpbg=="}}]}"#,
    r#"{"resourceType":"Patient","id":"other","name":[{"text":"Other"}]}"#,
];
/// Documents of somebody else: one of their own, and one that names the bytes of another person.
const FOREIGN: [&str; 3] = [
    r#"{"resourceType":"DocumentReference","id":"foreign","status":"current","subject":{"reference":"Patient/other"},"content":[{"attachment":{"contentType":"text/plain","data":"U2VjcmV0"}}]}"#,
    r#"{"resourceType":"Binary","id":"secret","contentType":"text/plain","securityContext":{"reference":"Patient/other"},"data":"U2VjcmV0"}"#,
    r#"{"resourceType":"DocumentReference","id":"borrowing","status":"current","subject":{"reference":"Patient/maria"},"content":[{"attachment":{"contentType":"text/plain","url":"Binary/secret"}}]}"#,
];

#[test]
fn a_document_of_a_merged_record_opens_and_one_of_somebody_else_does_not() {
    let clinic = Clinic::with(nurse_amara());
    ok(import(&clinic.workstation, MERGED.into_iter().chain(FOREIGN).map(str::to_owned).collect()));
    let ask = |patient: &str, id: &str| OpenDocumentDto {
        patient: patient.to_owned(),
        reference: format!("DocumentReference/{id}"),
        ..letter(false)
    };
    for patient in ["maria", "older"] {
        let opened = ok(open_document(&clinic.workstation, ask(patient, "merged")));
        assert_eq!(text_of(&clinic, &opened.handle), "Stop warfarin");
    }
    let read = named(&clinic);
    assert_eq!(read, ["maria DocumentReference/merged", "older DocumentReference/merged"]);
    for (patient, id) in [("maria", "foreign"), ("older", "foreign"), ("other", "merged")] {
        assert_eq!(code_of(open_document(&clinic.workstation, ask(patient, id))), ErrorCode::NotAvailable, "{id}");
    }
    assert_eq!(named(&clinic), read, "no event names a document in a chart that does not have it");
    assert_eq!(code_of(open_document(&clinic.workstation, ask("maria", "borrowing"))), ErrorCode::NotAvailable);
    assert!(!named(&clinic).iter().any(|event| event.contains("Binary")));
}

/// The chart and the records of each event that names a document, the oldest first.
fn named(clinic: &Clinic) -> Vec<String> {
    let device = clinic.workstation.enrolled_device().map_err(|f| f.code).expect("device");
    let log = device.ledger.state().expect("state").log();
    let mut headers = device.ledger.headers(&HeaderFilter::default(), 500).expect("headers").headers;
    headers.retain(|h| h.class == EventClass::ChartRead);
    headers.sort_by_key(|h| h.sequence);
    let views = clinic.workstation.with_session(|unlocked| {
        let entries = headers.iter().filter_map(|h| device.ledger.entry(h.sequence).ok().flatten());
        Ok(entries.filter_map(|entry| audit::read(unlocked, log, &entry)).collect::<Vec<_>>())
    });
    let views = views.map_err(|f| f.code).expect("a session").into_iter();
    let views = views.filter(|view| view.detail("part") == Some("document"));
    let key = |view: &EventView| view.touched.iter().map(|k| format!(" {}", k.expose())).collect::<String>();
    views
        .map(|view| format!("{}{}", view.patient.as_ref().map(|p| p.expose().as_str()).unwrap_or_default(), key(&view)))
        .collect()
}

#[test]
fn a_document_of_20_mb_is_imported_and_read_in_parts() {
    let clinic = Clinic::with(nurse_amara());
    let encoded = "JVBERi0xLjcK".repeat(20 * 1024 * 1024 / 9);
    ok(import(
        &clinic.workstation,
        vec![format!(
            r#"{{"resourceType":"DocumentReference","id":"large","status":"current","subject":{{"reference":"Patient/maria"}},"content":[{{"attachment":{{"contentType":"application/pdf","data":"{encoded}"}}}}]}}"#
        )],
    ));
    let ask = OpenDocumentDto { reference: String::from("DocumentReference/large"), ..letter(false) };
    let opened = ok(open_document(&clinic.workstation, ask));
    assert_eq!((opened.form, opened.size as usize), (DocumentFormDto::Pdf, encoded.len() / 4 * 3));
    let (mut offset, mut parts) = (0, 0);
    while offset < opened.size {
        let part = ok(document_bytes(&clinic.workstation, &opened.handle, None, offset));
        assert!(
            !part.bytes.is_empty()
                && part.bytes.len() <= 256 * 1024
                && part.bytes.starts_with(&b"%PDF-1.7\n"[offset as usize % 9..])
        );
        (offset, parts) = (offset + u32::try_from(part.bytes.len()).expect("small"), parts + 1);
    }
    assert_eq!(parts, 80);
}

#[test]
fn a_document_is_opened_only_in_its_chart_and_by_a_role_that_reads_it() {
    let clinic = Clinic::with(nurse_amara());
    clinic.has_a_letter();
    let other = OpenDocumentDto { patient: String::from("somebody"), ..letter(false) };
    assert_eq!(code_of(open_document(&clinic.workstation, other)), ErrorCode::NotAvailable);
    for reference in ["DocumentReference/none", "Patient/maria", "nonsense"] {
        let other = OpenDocumentDto { reference: reference.to_owned(), ..letter(false) };
        assert_eq!(code_of(open_document(&clinic.workstation, other)), ErrorCode::NotAvailable, "{reference}");
    }
    let front = Clinic::with(leila_at_the_desk());
    assert!(open_document(&front.workstation, letter(false)).is_err());
}

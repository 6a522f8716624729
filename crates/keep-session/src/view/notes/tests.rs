use super::*;
use crate::dto::chart::document::{
    DocumentFaultDto, DocumentFieldDto, DocumentFormDto, DocumentNoticeDto, DocumentPartDto, DocumentPlaceDto,
    OmittedDto, PieceDto,
};
use crate::dto::chart::notes::NoteFieldDto;
use crate::dto::chart::value::ValueDto;
use crate::view::fixtures::{nurse_amara_sees, record, seen_by};
use keep_domain::Role;

const SERVER: &str = "https://clinic.example/fhir";

fn note(id: &str, date: &str, status: &str, doc_status: &str, author: &str) -> String {
    // "Tired." in base64.
    format!(
        r#"{{"resourceType":"DocumentReference","id":"{id}","status":"{status}","docStatus":"{doc_status}","type":{{"text":"Progress note"}},"category":[{{"coding":[{{"code":"clinical-note"}}]}}],"subject":{{"reference":"Patient/maria"}},"date":"{date}","author":[{{"reference":"{author}"}}],"content":[{{"attachment":{{"contentType":"text/plain; charset=utf-8","data":"VGlyZWQu"}}}}]}}"#
    )
}

/// A document with these elements besides the usual ones.
fn document(id: &str, elements: &str) -> String {
    format!(
        r#"{{"resourceType":"DocumentReference","id":"{id}","status":"current","subject":{{"reference":"Patient/maria"}},"date":"2026-11-05T09:00:00Z",{elements}}}"#
    )
}

/// The rows of these records by id.
fn rows(texts: &[String]) -> Vec<NoteDto> {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let entries = nurse_amara_sees(&texts);
    let rows = window(&entries, &Names::default(), &AccessView::for_tests(Role::Nurse), SERVER, (0, 50)).rows;
    assert_eq!(rows.len(), texts.len());
    rows
}

fn row(text: String) -> NoteDto {
    rows(&[text]).remove(0)
}

/// The text of a part, with the labelled lines.
fn text_of(part: &DocumentPartDto) -> String {
    let pieces = part.body.iter().flat_map(|body| &body.pieces);
    let text = pieces.map(|piece| match piece {
        PieceDto::Text { text } | PieceDto::Field { text, .. } => text.as_str(),
        PieceDto::Close | PieceDto::Break => "\n",
        _ => "",
    });
    text.collect()
}

fn attached(attachment: &str) -> DocumentPartDto {
    row(document("d", &format!(r#""content":[{{"attachment":{attachment}}}]"#))).parts.remove(0)
}

#[test]
fn notes_are_read_newest_first_with_their_authors() {
    let texts = [
        note("n1", "2026-10-24T10:32:00+03:00", "current", "final", "Practitioner/jonas"),
        note("n2", "2026-11-20T10:32:00+03:00", "current", "preliminary", "Practitioner/amara"),
        note("n3", "2026-11-21T10:32:00+03:00", "entered-in-error", "final", "Practitioner/amara"),
    ];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let names =
        Names::of(&[record(r#"{"resourceType":"Practitioner","id":"jonas","name":[{"text":"Dr Jonas Mbeki"}]}"#)]);
    let entries = nurse_amara_sees(&texts);
    let access_view = AccessView::for_tests(Role::Nurse);
    let all = window(&entries, &names, &access_view, SERVER, (0, 10));
    let shown: Vec<_> = all.rows.iter().map(|n| (n.id.as_str(), n.status)).collect();
    assert_eq!(
        shown,
        [("n3", NoteStatusDto::EnteredInError), ("n2", NoteStatusDto::Draft), ("n1", NoteStatusDto::Final)]
    );
    assert_eq!(all.rows.iter().map(|n| n.may_mark_entered_in_error).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(all.rows[0].marks, [MarkDto::EnteredInError]);
    let last = last(&entries, &names, &access_view, SERVER, 4_000).expect("a note");
    assert_eq!((last.id.as_str(), last.author.as_deref()), ("n1", Some("Dr Jonas Mbeki")));
    assert_eq!(text_of(&last.parts[0]), "Tired.");
    assert_eq!(last.written.as_deref(), Some("2026-10-24T07:32:00.000Z"));
    assert_eq!(unnamed_authors(&entries, 0, 10).len(), 3);
    assert_eq!(window(&seen_by(Role::Pharmacist, &texts), &names, &access_view, SERVER, (0, 10)).total, 0);
}

/// Case 02: the notes were blank, except the first one of plain text, and called signed.
#[test]
fn every_attachment_of_every_content_is_shown() {
    let part = attached(r#"{"contentType":"text/plain","url":"Binary/c02"}"#);
    assert!(part.place == DocumentPlaceDto::Server { address: "Binary/c02".into() } && part.body.is_none());
    let part = attached(r#"{"contentType":"text/html","data":"PHA+U3RvcCB3YXJmYXJpbiB0b2RheTwvcD4="}"#);
    assert_eq!(text_of(&part), "Stop warfarin today\n");
    let two = row(document(
        "d",
        r#""content":[{"attachment":{"contentType":"application/pdf","url":"Binary/x","title":"CT letter","size":1200}},{"attachment":{"contentType":"text/plain","data":"U3RvcCB3YXJmYXJpbiB0b2RheQ=="}}]"#,
    ));
    assert_eq!((two.status, two.parts.len()), (NoteStatusDto::Unstated, 2));
    assert_eq!(
        (two.parts[0].form, two.parts[0].size, two.parts[0].title.as_deref()),
        (DocumentFormDto::Pdf, Some(1200), Some("CT letter"))
    );
    assert_eq!(text_of(&two.parts[1]), "Stop warfarin today");
    let part = attached(r#"{"contentType":"text/plain;charset=ISO-8859-1","data":"R3L232UgMSw3MCBt"}"#);
    assert_eq!(text_of(&part), "Größe 1,70 m");
    let part = attached(r#"{"contentType":"text/markdown","data":"IyBIZWFkaW5nCioqU3RvcCBhc3BpcmluKio="}"#);
    assert!(text_of(&part).contains("Stop aspirin"));
    let part = attached(r#"{"contentType":"text/plain","data":"R3L232U="}"#);
    let guessed = DocumentNoticeDto::GuessedCharset { charset: "windows-1252".into() };
    assert_eq!(part.body.map(|b| b.notices), Some(vec![guessed]));
}

#[test]
fn what_cannot_be_shown_says_what_it_is() {
    let part = attached(r#"{"contentType":"text/plain","data":"%%"}"#);
    assert!(part.place == DocumentPlaceDto::Undecodable && part.body.is_none());
    assert!(attached(r#"{"contentType":"text/plain","data":""}"#).place == DocumentPlaceDto::Empty);
    assert!(attached(r#"{"title":"x"}"#).place == DocumentPlaceDto::Empty);
    let part = attached(
        r#"{"contentType":"application/msword","title":"Letter","data":"0M8R4KGxGuEAAA==","size":4,"hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#,
    );
    assert_eq!((part.form, part.size), (DocumentFormDto::Other, Some(10)));
    assert_eq!(part.faults, [DocumentFaultDto::WrongSize, DocumentFaultDto::WrongHash]);
    let part = attached(r#"{"contentType":"text/plain","data":"JVBERi0xLjQK"}"#);
    assert!(part.form == DocumentFormDto::Pdf && part.body.is_none());
    assert!(row(document("d", r#""description":"x""#)).parts.is_empty());
}

/// Case 50: a superseded note was called amended, and the second text was lost.
#[test]
fn relations_are_said_in_both_directions() {
    let other = |id: &str, relation: &str, target: &str| {
        document(
            id,
            &format!(
                r#""docStatus":"final","type":{{"text":"{id}"}},"content":[{{"attachment":{{"contentType":"text/plain","data":"TmV3"}}}}],"relatesTo":[{{"code":"{relation}","target":{{"reference":"DocumentReference/{target}"}}}}]"#
            ),
        )
    };
    let old = document("old", r#""docStatus":"final","type":{"text":"old"},"content":[]"#);
    let rows =
        rows(&[old, other("new", "replaces", "old"), other("more", "appends", "new"), other("odd", "voids", "gone")]);
    let of = |id: &str| rows.iter().find(|r| r.id == id).expect("a row");
    let relations = |id: &str| -> Vec<(String, bool, Option<String>)> {
        of(id).relations.iter().map(|r| (r.code.clone(), r.incoming, r.title.clone())).collect()
    };
    assert_eq!(relations("old"), [("replaces".into(), true, Some("new".into()))]);
    assert_eq!(
        of("old").marks,
        [MarkDto::Superseded { by: Some("new".into()), at: Some("2026-11-05T09:00:00.000Z".into()) }]
    );
    assert_eq!(
        relations("new"),
        [("replaces".into(), false, Some("old".into())), ("appends".into(), true, Some("more".into()))]
    );
    assert!(of("new").marks.is_empty() && of("new").status == NoteStatusDto::Final);
    assert_eq!(relations("odd"), [("voids".into(), false, None)]);
    assert!(of("odd").marks.iter().any(|mark| matches!(mark, MarkDto::Unsafe { .. })));
    assert_eq!(of("odd").relations[0].reference.as_deref(), Some("DocumentReference/gone"));
}

#[test]
fn a_replaced_note_is_not_the_last_one() {
    let of = |id: &str, elements: &str| document(id, &format!(r#"{elements},"type":{{"text":"{id}"}},"content":[]"#));
    let texts = [
        of("superseded", r#""docStatus":"final","date":"2026-11-09""#)
            .replace("\"current\"", "\"superseded\"")
            .replace(r#""date":"2026-11-05T09:00:00Z","#, ""),
        of("replaced", r#""docStatus":"final","date":"2026-11-08""#).replace(r#""date":"2026-11-05T09:00:00Z","#, ""),
        of("valid", r#""relatesTo":[{"code":"replaces","target":{"reference":"DocumentReference/replaced"}}]"#),
    ];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let entries = nurse_amara_sees(&texts);
    let found = last(&entries, &Names::default(), &AccessView::for_tests(Role::Nurse), SERVER, 4_000).expect("a note");
    assert_eq!((found.id.as_str(), found.status), ("valid", NoteStatusDto::Unstated));
}

#[test]
fn unknown_codes_and_modifiers_are_unsafe() {
    let marks = |elements: &str| row(document("d", elements)).marks;
    for elements in [
        r#""docStatus":"foo""#,
        r#""modifierExtension":[{"url":"x"}]"#,
        r#""implicitRules":"https://x.example/""#,
        r#""relatesTo":[{"code":"voids","target":{"reference":"DocumentReference/x"}}]"#,
    ] {
        assert!(marks(elements).iter().any(|mark| matches!(mark, MarkDto::Unsafe { .. })), "{elements}");
    }
    assert!(marks(r#""docStatus":"preliminary""#).is_empty() && marks(r#""docStatus":"amended""#).is_empty());
    let signed = row(document("d", r#""docStatus":"final","authenticator":{"display":"Dr X"}"#));
    assert_eq!((signed.status, signed.author.as_deref()), (NoteStatusDto::Signed, Some("Dr X")));
}

#[test]
fn circumstances_are_details() {
    let found = row(document(
        "d",
        r#""description":"no contrast","category":[{"text":"Letter"}],"securityLabel":[{"text":"restricted"}],"custodian":{"display":"City hospital"},"author":[{"display":"A"},{"display":"B"}],"context":{"event":[{"text":"CT"}],"period":{"start":"2026-11-01"},"facilityType":{"text":"Hospital"},"practiceSetting":{"text":"Surgery"}}"#,
    ));
    let fields: Vec<NoteFieldDto> = found.details.iter().map(|d| d.field).collect();
    use NoteFieldDto as F;
    let wanted =
        [F::Description, F::Category, F::Event, F::Period, F::Facility, F::Practice, F::SecurityLabel, F::Custodian];
    assert_eq!(fields, wanted);
    assert!(found.details[0].value == ValueDto::Text { text: "no contrast".into() });
    assert_eq!((found.author.as_deref(), found.more_authors.as_slice()), (Some("A"), ["B".to_owned()].as_slice()));
}

/// Case 59: the discharge letter was shown nowhere.
#[test]
fn compositions_assessments_and_answers_are_texts() {
    let composition = r#"{"resourceType":"Composition","id":"c","status":"final","type":{"text":"Discharge letter"},"subject":{"reference":"Patient/maria"},"date":"2026-11-28T10:00:00Z","title":"Letter","author":[{"display":"Dr X"}],"attester":[{"mode":"legal","party":{"display":"Dr Y"}}],"section":[{"title":"Plan","focus":{"display":"the newborn"},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Stop warfarin today.</div>"},"entry":[{"reference":"MedicationRequest/m"}],"section":[{"title":"Diet","emptyReason":{"text":"not asked"}}]}]}"#;
    let found = row(composition.to_owned());
    assert_eq!((found.kind.as_deref(), found.status), (Some("Discharge letter"), NoteStatusDto::Signed));
    let text = text_of(&found.parts[0]);
    for wanted in ["Plan", "the newborn", "Stop warfarin today.", "MedicationRequest/m", "Diet", "not asked"] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let impression = r#"{"resourceType":"ClinicalImpression","id":"i","status":"in-progress","subject":{"reference":"Patient/maria"},"summary":"Likely embolism","finding":[{"itemCodeableConcept":{"text":"DVT"}}]}"#;
    let found = row(impression.to_owned());
    let pieces = found.parts[0].body.as_ref().map(|b| b.pieces.clone()).unwrap_or_default();
    assert_eq!(found.status, NoteStatusDto::Draft);
    assert_eq!(pieces[0], PieceDto::Field { field: DocumentFieldDto::Summary, text: "Likely embolism".into() });
    let response = r#"{"resourceType":"QuestionnaireResponse","id":"q","status":"stopped","subject":{"reference":"Patient/maria"},"item":[{"linkId":"1","text":"Chest pain?","answer":[{"valueString":"at night"}]}]}"#;
    let found = row(response.to_owned());
    assert_eq!(text_of(&found.parts[0]), "Chest pain?\nat night\n\n");
    assert_eq!(found.marks, [MarkDto::Status { code: "stopped".into(), reason: None }]);
}

/// Case 42: the text form of a report was shown nowhere.
#[test]
fn reports_with_a_text_form_are_documents() {
    let report = |form: &str| {
        format!(
            r#"{{"resourceType":"DiagnosticReport","id":"r","status":"final","code":{{"text":"CT"}},"subject":{{"reference":"Patient/maria"}},"effectiveDateTime":"2026-10-08","conclusion":"Embolism"{form}}}"#
        )
    };
    let found = row(report(
        r#","presentedForm":[{"contentType":"text/plain","data":"TGFyZ2UgcG5ldW1vdGhvcmF4IG9uIHRoZSByaWdodC4="}]"#,
    ));
    assert_eq!(text_of(&found.parts[0]), "Large pneumothorax on the right.");
    assert!(found.details[0].field == NoteFieldDto::Conclusion);
    let entries = nurse_amara_sees(&[&report("")]);
    assert_eq!(window(&entries, &Names::default(), &AccessView::for_tests(Role::Nurse), SERVER, (0, 9)).total, 0);
}

#[test]
fn long_texts_are_cut_and_opened_in_full() {
    use base64::Engine;
    let text = "Größe ".repeat(60_000);
    let data = base64::engine::general_purpose::STANDARD.encode(&text);
    let long =
        document("d", &format!(r#""content":[{{"attachment":{{"contentType":"text/plain","data":"{data}"}}}}]"#));
    let texts: Vec<String> = (0..9).map(|n| long.replace(r#""id":"d""#, &format!(r#""id":"d{n}""#))).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let entries = nurse_amara_sees(&texts);
    let window = window(&entries, &Names::default(), &AccessView::for_tests(Role::Nurse), SERVER, (0, 50));
    assert!(window.total == 9 && window.rows.len() < 9, "{} rows", window.rows.len());
    assert!(window.rows.iter().all(|r| r.parts[0].body.as_ref().is_some_and(|b| !b.complete)));
    assert!(serde_json::to_string(&window).expect("JSON").len() < 256 * 1024);
    let raw = Raw::parse(long).expect("JSON");
    let opened =
        open_part(&raw, PartAsk { index: 0, as_source: false, binary: None }, &Names::default()).expect("opened");
    let pieces = opened.pieces.iter().map(|p| if let PieceDto::Text { text } = p { text.len() } else { 0 });
    assert_eq!((pieces.sum::<usize>(), opened.size), (text.len(), text.len()));
    assert!(open_part(&raw, PartAsk { index: 1, as_source: false, binary: None }, &Names::default()).is_none());
}

#[test]
fn only_a_binary_of_the_own_server_is_ever_opened() {
    let place = |url: &str| attached(&format!(r#"{{"contentType":"application/pdf","url":"{url}"}}"#)).place;
    for own in ["Binary/1", "Binary/1/_history/2", "https://clinic.example/fhir/Binary/1"] {
        assert_eq!(place(own), DocumentPlaceDto::Server { address: own.into() });
    }
    for other in [
        "https://clinic.example/fhirx/Binary/1",
        "https://clinic.example/fhir/../Binary/1",
        "https://other.example/fhir/Binary/1",
        "http://clinic.example/fhir/Binary/1",
        "Patient/1",
        "file:///etc/passwd",
        "//other.example/Binary/1",
        "Binary/../Patient/1",
        "urn:uuid:5ee05359-57bf-4cee-8e89-91382c07e162",
        "letter.pdf",
    ] {
        assert_eq!(place(other), DocumentPlaceDto::Elsewhere { address: other.into() });
    }
    let raw = Raw::parse(document("d", r#""content":[{"attachment":{"url":"Binary/1","size":3}}]"#)).expect("JSON");
    let binary = r#"{"resourceType":"Binary","id":"1","contentType":"text/html","data":"PGI+U3RvcDwvYj4="}"#;
    let binary = Raw::parse(binary.to_owned()).expect("JSON");
    let ask = PartAsk { index: 0, as_source: false, binary: Some(&binary) };
    let opened = open_part(&raw, ask, &Names::default()).expect("opened");
    assert!(opened.form == DocumentFormDto::Text && opened.faults == [DocumentFaultDto::WrongSize]);
    assert!(opened.pieces.contains(&PieceDto::Text { text: "Stop".into() }));
}

#[test]
fn a_photograph_is_a_row_among_the_documents() {
    let text = r#"{"resourceType":"Media","id":"m","status":"completed","type":{"text":"Image"},"modality":{"text":"Photograph"},"view":{"text":"Lateral"},"subject":{"reference":"Patient/maria"},"createdDateTime":"2026-11-05T09:00:00Z","issued":"2026-11-06T09:00:00Z","operator":{"display":"Nurse Amara"},"reasonCode":[{"text":"Wound check"}],"bodySite":{"text":"Left heel"},"deviceName":"Ward tablet","note":[{"text":"No redness"}],"content":{"contentType":"image/png","title":"Heel","data":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAGl7e7gAAAABJRU5ErkJggg=="}}"#;
    let photo = row(text.to_owned());
    assert_eq!((photo.kind.as_deref(), photo.author.as_deref()), (Some("Photograph"), Some("Nurse Amara")));
    assert_eq!((photo.status, photo.written.as_deref()), (NoteStatusDto::Final, Some("2026-11-05T09:00:00.000Z")));
    let details: Vec<_> = photo.details.iter().map(|d| (d.field, &d.value)).collect();
    let of = |field| details.iter().find(|(f, _)| *f == field).map(|(_, value)| (*value).clone());
    for (field, text) in [
        (NoteFieldDto::MediaKind, "Image"),
        (NoteFieldDto::View, "Lateral"),
        (NoteFieldDto::BodySite, "Left heel"),
        (NoteFieldDto::Reason, "Wound check"),
        (NoteFieldDto::Device, "Ward tablet"),
        (NoteFieldDto::Note, "No redness"),
    ] {
        assert_eq!(of(field), Some(ValueDto::Text { text: text.to_owned() }), "{field:?}");
    }
    assert!(of(NoteFieldDto::Issued).is_some());
    assert_eq!((photo.parts[0].form, photo.parts[0].title.as_deref()), (DocumentFormDto::Image, Some("Heel")));
    let not_done = row(text.replace("completed", "not-done"));
    assert!(not_done.status != NoteStatusDto::Final && !not_done.marks.is_empty());
}

#[test]
fn a_picture_within_a_text_is_shown_once_it_is_opened() {
    // <p>x<img alt=ECG src="data:image/gif;base64,R0lGODlhAQABAAAAADs=">
    let data = "PHA+eDxpbWcgYWx0PUVDRyBzcmM9ImRhdGE6aW1hZ2UvZ2lmO2Jhc2U2NCxSMGxHT0RsaEFRQUJBQUFBQURzPSI+";
    let text = document("d", &format!(r#""content":[{{"attachment":{{"contentType":"text/html","data":"{data}"}}}}]"#));
    let body = row(text.clone()).parts.remove(0).body.expect("a text");
    let label = || Some(String::from("ECG"));
    assert!(
        !body.complete && body.pieces.contains(&PieceDto::Omitted { what: OmittedDto::UnopenedImage, label: label() })
    );
    let ask = PartAsk { index: 0, as_source: false, binary: None };
    let opened = open_part(&Raw::parse(text).expect("JSON"), ask, &Names::default()).expect("opened");
    let is_picture =
        |piece: &PieceDto| matches!(piece, PieceDto::Picture { size: 14, label: Some(label), .. } if label == "ECG");
    assert!(opened.pieces.iter().any(is_picture));
}

/// A PNG of a few bytes that declares 60,000 x 60,000 pixels.
const BOMB: &str = "iVBORw0KGgoAAAANSUhEUgAA6mAAAOpgAQAAAACoqUjvAAAAHklEQVR42u3BgQAAAADDoPlTH+AKVQEAAAAAAABwBh1NAAH6DOhAAAAAAElFTkSuQmCC";

#[test]
fn a_picture_of_too_many_pixels_is_not_decoded() {
    let attached = |kind: &str, data: &str| {
        document("d", &format!(r#""content":[{{"attachment":{{"contentType":"{kind}","data":"{data}"}}}}]"#))
    };
    let open = |text: String| {
        let ask = PartAsk { index: 0, as_source: false, binary: None };
        open_part(&Raw::parse(text).expect("JSON"), ask, &Names::default()).expect("opened")
    };
    let text = attached("image/png", BOMB);
    assert_eq!(row(text.clone()).parts[0].form, DocumentFormDto::LargeImage);
    let opened = open(text);
    assert!(opened.form == DocumentFormDto::LargeImage && opened.bytes.is_empty());
    // <p>x<img alt=ECG src="data:image/png;base64,BOMB">
    let opened = open(attached(
        "text/html",
        "PHA+eDxpbWcgYWx0PUVDRyBzcmM9ImRhdGE6aW1hZ2UvcG5nO2Jhc2U2NCxpVkJPUncwS0dnb0FBQUFOU1VoRVVnQUE2bUFBQU9wZ0FRQUFBQUNvcVVqdkFBQUFIa2xFUVZSNDJ1M0JnUUFBQUFERG9QbFRIK0FLVlFFQUFBQUFBQUJ3QmgxTkFBSDZET2hBQUFBQUFFbEZUa1N1UW1DQyI+",
    ));
    let label = Some(String::from("ECG"));
    assert!(opened.pieces.contains(&PieceDto::Omitted { what: OmittedDto::LargeImage, label }));
}

#[test]
fn a_picture_that_is_another_attachment_of_the_record_is_shown_in_its_text() {
    // <p>x<img alt=ECG src="cid:ecg@ward">
    let open = |named: &str| {
        let html =
            r#"{"attachment":{"contentType":"text/html","data":"PHA+eDxpbWcgYWx0PUVDRyBzcmM9ImNpZDplY2dAd2FyZCI+"}}"#;
        let picture = format!(
            r#"{{"attachment":{{"contentType":"image/png",{named},"data":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAGl7e7gAAAABJRU5ErkJggg=="}}}}"#
        );
        let text = document("d", &format!(r#""content":[{html},{picture}]"#));
        let ask = PartAsk { index: 0, as_source: false, binary: None };
        open_part(&Raw::parse(text).expect("JSON"), ask, &Names::default()).expect("opened").pieces
    };
    let is_shown = |pieces: &[PieceDto]| pieces.iter().any(|piece| matches!(piece, PieceDto::Picture { size: 67, .. }));
    for named in [r#""id":"ecg@ward""#, r#""id":"ecg""#, r#""title":"ecg@ward""#, r#""url":"cid:ecg@ward""#] {
        assert!(is_shown(&open(named)), "{named}");
    }
    let others = open(r#""title":"X-ray""#);
    let label = Some(String::from("ECG"));
    assert!(!is_shown(&others) && others.contains(&PieceDto::Omitted { what: OmittedDto::Image, label }));
}

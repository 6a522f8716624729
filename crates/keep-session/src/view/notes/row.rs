//! One note or document for the page.

use super::body::{of_body, of_pieces};
use super::relations::{self, Relations};
use super::status::{Recorded, says_the_same, status};
use super::{attachment, composition, heading, impression, response};
use crate::dto::chart::document::{DocumentBodyDto, DocumentFormDto, DocumentPartDto, DocumentPlaceDto, PieceDto};
use crate::dto::chart::notes::{NoteDetailDto, NoteDto, NoteFieldDto as F, NoteStatusDto};
use crate::dto::chart::value::ValueDto;
use crate::view::access_view::AccessView;
use crate::view::marks;
use crate::view::names::{Names, unnamed};
use crate::view::visible_record::VisibleRecord;
use crate::view::words;
use keep_document::read_narrative;
use keep_domain::{Phi, ResourceKey};
use keep_fhir::Raw;
use keep_fhir::lens::{self, Concept, Reference, When};

/// What is needed to present a note.
pub(super) struct Reading<'a> {
    pub(super) names: &'a Names,
    pub(super) access_view: &'a AccessView,
    pub(super) relations: &'a Relations<'a>,
    /// The base address of the clinic's server.
    pub(super) server: &'a str,
}

/// What all types have in common, read by the lens of the type.
#[derive(Default)]
struct Note {
    kind: Option<String>,
    date: Option<When>,
    authors: Vec<Reference>,
    status: Option<NoteStatusDto>,
    details: Vec<NoteDetailDto>,
}

impl Reading<'_> {
    /// The row of a note; its texts are at most `longest` bytes together.
    pub(super) fn row(&self, entry: &VisibleRecord, raw: &Raw, longest: usize) -> NoteDto {
        let note = self.note(entry.kind(), raw);
        let relations = self.relations.rows(entry, raw, self.names);
        let status = note.status.unwrap_or(NoteStatusDto::Unstated);
        let mut marks = marks::marks(entry);
        marks.retain(|mark| !says_the_same(status, mark));
        relations::marks(&relations, &mut marks);
        let mut left = longest;
        let mut parts = attachment::parts(raw, self.server, &mut left);
        let text = text_of(raw, self.names);
        if !text.is_empty() {
            parts.push(own_text(parts.len(), text, left));
        }
        let narrative = narrative(raw, &parts, left);
        let mut authors = note.authors.iter().filter_map(|author| composition::name(author, self.names));
        NoteDto {
            id: entry.id(),
            reference: entry.record.key.to_string(),
            kind: note.kind,
            author: authors.next(),
            more_authors: authors.collect(),
            written: words::when(note.date.as_ref()),
            status,
            marks,
            relations,
            details: note.details,
            parts,
            narrative,
            may_mark_entered_in_error: entry.may_mark_entered_in_error(self.access_view),
            corrected: None,
            record: entry.state(),
        }
    }

    fn note(&self, kind: &str, raw: &Raw) -> Note {
        let found = match kind {
            "DocumentReference" => lens::document(raw).ok().map(|l| self.document(&l)),
            "Composition" => lens::composition(raw).ok().map(|l| self.composition(&l)),
            "ClinicalImpression" => lens::impression(raw).ok().map(|l| self.impression(&l)),
            "QuestionnaireResponse" => lens::questionnaire_response(raw).ok().map(|l| self.response(&l)),
            "Media" => lens::media(raw).ok().map(|l| self.media(&l)),
            "DiagnosticReport" => lens::report(raw).ok().map(|l| report(&l)),
            _ => None,
        };
        found.unwrap_or_else(|| other(kind, raw))
    }

    fn document(&self, l: &lens::DocumentLens) -> Note {
        let mut details = Details::default();
        details.phi(F::Description, l.description.as_ref());
        details.concepts(F::Category, &l.categories);
        details.concepts(F::Event, &l.context.events);
        details.period(l.context.period.as_ref());
        details.concepts(F::Facility, l.context.facility.as_slice());
        details.concepts(F::Practice, l.context.practice.as_slice());
        details.concepts(F::SecurityLabel, &l.security_labels);
        details.references(F::Authenticator, l.authenticator.as_slice(), self.names);
        details.references(F::Custodian, l.custodian.as_slice(), self.names);
        details.references(F::SourcePatient, l.context.source_patient.as_slice(), self.names);
        let recorded = Recorded {
            status: l.status.as_deref(),
            doc_status: l.doc_status.as_deref(),
            is_attested: l.authenticator.is_some(),
        };
        Note {
            kind: heading::document_title(l),
            date: l.date.clone(),
            authors: if l.authors.is_empty() {
                l.authenticator.clone().into_iter().collect()
            } else {
                l.authors.clone()
            },
            status: Some(status("DocumentReference", &recorded)),
            details: details.0,
        }
    }

    fn composition(&self, l: &lens::CompositionLens) -> Note {
        let mut details = Details::default();
        let kind = words::label(l.kind.as_ref());
        // EXPOSE: the title is what is shown.
        let title = l.title.as_ref().and_then(|title| words::some(title.expose().trim()));
        if kind != title {
            details.text(F::Title, title.clone());
        }
        details.concepts(F::Category, &l.categories);
        details.concepts(F::Event, &l.events);
        details.text(F::Confidentiality, l.confidentiality.clone().filter(|code| code != "N"));
        for attester in &l.attesters {
            let field = match attester.mode.as_deref() {
                Some("personal") => F::AttesterPersonal,
                Some("professional") => F::AttesterProfessional,
                Some("legal") => F::AttesterLegal,
                Some("official") => F::AttesterOfficial,
                _ => F::Authenticator,
            };
            details.references(field, attester.party.as_slice(), self.names);
            details.date(F::AttestedAt, attester.time.as_ref());
        }
        details.references(F::Custodian, l.custodian.as_slice(), self.names);
        let is_attested = l.attesters.iter().any(|attester| attester.party.is_some());
        let recorded = Recorded { status: l.status.as_deref(), is_attested, ..Recorded::default() };
        Note {
            kind: kind.or(title),
            date: l.date.clone(),
            authors: l.authors.clone(),
            status: Some(status("Composition", &recorded)),
            details: details.0,
        }
    }

    fn impression(&self, l: &lens::ImpressionLens) -> Note {
        let mut details = Details::default();
        details.concepts(F::StatusReason, l.status_reason.as_slice());
        let recorded = Recorded { status: l.status.as_deref(), ..Recorded::default() };
        Note {
            kind: words::label(l.code.as_ref()),
            date: l.date.clone(),
            authors: l.assessor.clone().into_iter().collect(),
            status: Some(status("ClinicalImpression", &recorded)),
            details: details.0,
        }
    }

    fn media(&self, l: &lens::MediaLens) -> Note {
        let mut details = Details::default();
        let modality = words::label(l.modality.as_ref());
        // EXPOSE: the title is what is shown.
        let titled = || l.title.as_ref().and_then(|title| words::some(title.expose().trim()));
        let kind = modality.clone().or_else(titled).or_else(|| words::label(l.kind.as_ref()));
        details.concepts(F::StatusReason, l.status_reason.as_slice());
        if words::label(l.kind.as_ref()) != kind {
            details.concepts(F::MediaKind, l.kind.as_slice());
        }
        details.concepts(F::View, l.view.as_slice());
        details.concepts(F::BodySite, l.body_site.as_slice());
        details.concepts(F::Reason, &l.reasons);
        details.period(l.period.as_ref());
        details.references(F::Device, l.device.as_slice(), self.names);
        details.text(F::Device, l.device_name.clone());
        l.notes.iter().for_each(|note| details.phi(F::Note, Some(note)));
        if l.created.is_some() {
            details.date(F::Issued, l.issued.as_ref());
        }
        let start = || l.period.as_ref().and_then(|period| period.start.clone().or_else(|| period.end.clone()));
        let recorded = Recorded { status: l.status.as_deref(), ..Recorded::default() };
        Note {
            kind,
            date: l.created.clone().or_else(start).or_else(|| l.issued.clone()),
            authors: l.operator.clone().into_iter().collect(),
            status: Some(status("Media", &recorded)),
            details: details.0,
        }
    }

    fn response(&self, l: &lens::ResponseLens) -> Note {
        let mut details = Details::default();
        details.references(F::Source, l.source.as_slice(), self.names);
        let recorded = Recorded { status: l.status.as_deref(), ..Recorded::default() };
        Note {
            kind: None,
            date: l.authored.clone(),
            authors: l.author.clone().into_iter().collect(),
            status: Some(status("QuestionnaireResponse", &recorded)),
            details: details.0,
        }
    }
}

/// The text of a record that is a document itself; empty for any other.
pub(super) fn text_of(raw: &Raw, names: &Names) -> Vec<PieceDto> {
    match raw.node().member_text("resourceType").as_deref() {
        Some("Composition") => lens::composition(raw).map(|l| composition::text(&l, names)).unwrap_or_default(),
        Some("ClinicalImpression") => lens::impression(raw).map(|l| impression::text(&l, names)).unwrap_or_default(),
        Some("QuestionnaireResponse") => {
            lens::questionnaire_response(raw).map(|l| response::text(&l, names)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn report(l: &lens::ReportLens) -> Note {
    let mut details = Details::default();
    details.phi(F::Conclusion, l.conclusion.as_ref());
    details.concepts(F::Category, &l.categories);
    let recorded = Recorded { status: l.status.as_deref(), ..Recorded::default() };
    Note {
        kind: words::label(l.code.as_ref()),
        date: l.issued.clone().or_else(|| l.effective.clone()),
        authors: l.performers.clone(),
        status: Some(status("DiagnosticReport", &recorded)),
        details: details.0,
    }
}

fn other(kind: &str, raw: &Raw) -> Note {
    let l = lens::other(raw);
    let recorded = Recorded { status: l.status.as_deref(), ..Recorded::default() };
    Note { kind: l.title, status: Some(status(kind, &recorded)), ..Note::default() }
}

/// Collects details that have a value.
#[derive(Default)]
struct Details(Vec<NoteDetailDto>);

impl Details {
    fn text(&mut self, field: F, text: Option<String>) {
        if let Some(text) = text.and_then(words::some) {
            self.0.push(NoteDetailDto { field, value: ValueDto::Text { text } });
        }
    }

    fn phi(&mut self, field: F, text: Option<&Phi<String>>) {
        // EXPOSE: the text is what is shown.
        self.text(field, text.map(|text| text.expose().clone()));
    }

    fn concepts(&mut self, field: F, concepts: &[Concept]) {
        concepts.iter().for_each(|concept| self.text(field, words::label(Some(concept))));
    }

    fn references(&mut self, field: F, references: &[Reference], names: &Names) {
        references.iter().for_each(|reference| self.text(field, composition::name(reference, names)));
    }

    fn date(&mut self, field: F, at: Option<&When>) {
        if let Some(at) = words::when(at) {
            self.0.push(NoteDetailDto { field, value: ValueDto::Date { at } });
        }
    }

    fn period(&mut self, period: Option<&lens::Period>) {
        let side = |at: &Option<When>| words::when(at.as_ref());
        if let Some((start, end)) = period.map(|p| (side(&p.start), side(&p.end)))
            && (start.is_some() || end.is_some())
        {
            self.0.push(NoteDetailDto { field: F::Period, value: ValueDto::Period { start, end } });
        }
    }
}

/// The text of a record that is a document itself, as a part.
fn own_text(index: usize, text: Vec<PieceDto>, longest: usize) -> DocumentPartDto {
    DocumentPartDto {
        index: u32::try_from(index).unwrap_or(u32::MAX),
        title: None,
        content_type: None,
        format: None,
        language: None,
        created: None,
        size: None,
        form: DocumentFormDto::Text,
        place: DocumentPlaceDto::Here,
        faults: Vec::new(),
        body: Some(of_pieces(text, longest)),
    }
}

/// The record's own narrative, where no part has a text or the narrative is not made from the record alone.
fn narrative(raw: &Raw, parts: &[DocumentPartDto], longest: usize) -> Option<DocumentBodyDto> {
    let node = raw.node().member("text")?;
    let is_generated = matches!(node.member_text("status").as_deref(), Some("generated" | "empty"));
    if is_generated && parts.iter().any(|part| part.body.is_some()) {
        return None;
    }
    // EXPOSE: the narrative is what is shown.
    let body = read_narrative(lens::own_narrative(raw)?.expose());
    (!body.is_blank()).then(|| of_body(body, longest))
}

/// The bytes of a row's texts in a reply.
pub(super) fn size(note: &NoteDto) -> usize {
    let bodies = note.parts.iter().filter_map(|part| part.body.as_ref()).chain(note.narrative.as_ref());
    bodies.map(attachment::size_of_body).sum::<usize>().saturating_add(1024)
}

/// Colleagues and organisations that a note names only by reference.
pub(crate) fn unnamed_in(raw: &Raw) -> Vec<ResourceKey> {
    let named: Vec<Reference> = if let Ok(l) = lens::document(raw) {
        l.authors.into_iter().chain(l.authenticator).chain(l.custodian).collect()
    } else if let Ok(l) = lens::composition(raw) {
        let attesters = l.attesters.into_iter().filter_map(|attester| attester.party);
        l.authors.into_iter().chain(attesters).chain(l.custodian).collect()
    } else if let Ok(l) = lens::media(raw) {
        l.operator.into_iter().chain(l.device).collect()
    } else {
        lens::author(raw).into_iter().collect()
    };
    named.iter().filter_map(|reference| unnamed(Some(reference))).collect()
}

//! The attachments of a record: documents, reports and pictures.

use super::body::{notices, of_body, pieces};
use crate::dto::chart::document::{
    DocumentBodyDto, DocumentFaultDto, DocumentFormDto, DocumentNoticeDto, DocumentPartDto, DocumentPlaceDto, PieceDto,
};
use crate::view::words;
use keep_document::{ContentType, DocumentKind, identify, may_be_decoded, read, read_source, read_with};
use keep_domain::ResourceKey;
use keep_fhir::Raw;
use keep_fhir::lens::{
    Attachment, AttachmentFault, AttachmentSource, attachment_data, attachment_of_content_id, attachments,
};

/// The longest base64 that is decoded for a list, characters; a longer attachment is decoded when it is opened.
const LONGEST_LISTED: usize = 1024 * 1024;
/// The largest attachment that is opened, bytes.
pub(crate) const LARGEST: usize = 32 * 1024 * 1024;

/// The attachments of a record; their texts are at most `left` bytes together.
pub(crate) fn parts(raw: &Raw, server: &str, left: &mut usize) -> Vec<DocumentPartDto> {
    let found = attachments(raw);
    let mut parts: Vec<_> =
        found.iter().enumerate().map(|(index, attachment)| part(raw, index, attachment, left)).collect();
    for part in &mut parts {
        if let DocumentPlaceDto::Elsewhere { address } = &part.place
            && binary_at(address, server).is_some()
        {
            part.place = DocumentPlaceDto::Server { address: address.clone() };
        }
    }
    parts
}

/// The Binary at an address that is relative or below the base of `server`; `None` for any other address.
fn binary_at(address: &str, server: &str) -> Option<ResourceKey> {
    let own = address.strip_prefix(server.trim_end_matches('/')).and_then(|rest| rest.strip_prefix('/'));
    let key: ResourceKey = own.unwrap_or(address).parse().ok()?;
    (key.resource_type == "Binary").then_some(key)
}

/// The Binary that an attachment refers to.
pub(crate) fn binary_of(raw: &Raw, index: usize, server: &str) -> Option<ResourceKey> {
    match attachments(raw).into_iter().nth(index)?.source {
        AttachmentSource::Address(address) => binary_at(&address, server),
        AttachmentSource::Inline(_) | AttachmentSource::Nowhere => None,
    }
}

fn part(raw: &Raw, index: usize, attachment: &Attachment, left: &mut usize) -> DocumentPartDto {
    let content_type = ContentType::parse(attachment.content_type.as_deref().unwrap_or_default());
    let declared = form(DocumentKind::declared(&content_type));
    let mut part = described(index, attachment, declared);
    let AttachmentSource::Inline(encoded) = attachment.source else { return part };
    if encoded > LONGEST_LISTED {
        part.size = part.size.or_else(|| u32::try_from(encoded / 4 * 3).ok());
        return part;
    }
    let Some(Ok(bytes)) = attachment_data(raw, index) else {
        part.place = DocumentPlaceDto::Undecodable;
        return part;
    };
    if bytes.is_empty() {
        part.place = DocumentPlaceDto::Empty;
        return part;
    }
    let kind = identify(&content_type, &bytes);
    part.size = u32::try_from(bytes.len()).ok();
    part.form = form_of(kind, &bytes);
    part.faults = faults(attachment, &bytes);
    if kind.is_text() {
        let body = of_body(read_with(kind, &content_type, &bytes, &|id| picture_beside(raw, id)), *left);
        *left = left.saturating_sub(size_of_body(&body));
        part.body = Some(body);
    }
    part
}

fn described(index: usize, attachment: &Attachment, form: DocumentFormDto) -> DocumentPartDto {
    let place = match &attachment.source {
        AttachmentSource::Inline(_) => DocumentPlaceDto::Here,
        AttachmentSource::Address(address) => DocumentPlaceDto::Elsewhere { address: address.clone() },
        AttachmentSource::Nowhere => DocumentPlaceDto::Empty,
    };
    let format = attachment.format.as_ref().map(|f| f.display.clone().unwrap_or_else(|| f.code.clone()));
    DocumentPartDto {
        index: u32::try_from(index).unwrap_or(u32::MAX),
        // EXPOSE: the title is what is shown.
        title: attachment.title.as_ref().and_then(|title| words::some(title.expose().trim())),
        content_type: attachment.content_type.clone().and_then(words::some),
        format: format.and_then(words::some),
        language: attachment.language.clone().and_then(words::some),
        created: words::when(attachment.creation.as_ref()),
        size: attachment.size.and_then(|size| u32::try_from(size).ok()),
        form,
        place,
        faults: Vec::new(),
        body: None,
    }
}

/// The bytes of a text in a reply.
pub(super) fn size_of_body(body: &DocumentBodyDto) -> usize {
    body.pieces.iter().map(PieceDto::json_size).sum()
}

pub(super) const fn form(kind: DocumentKind) -> DocumentFormDto {
    match kind {
        DocumentKind::Pdf => DocumentFormDto::Pdf,
        DocumentKind::Image(_) => DocumentFormDto::Image,
        DocumentKind::Other => DocumentFormDto::Other,
        _ => DocumentFormDto::Text,
    }
}

/// The bytes of another attachment of the same record, by the id that HTML has for it.
fn picture_beside(raw: &Raw, id: &str) -> Option<Vec<u8>> {
    attachment_data(raw, attachment_of_content_id(raw, id)?)?.ok()
}

/// The form of a file that is here.
fn form_of(kind: DocumentKind, bytes: &[u8]) -> DocumentFormDto {
    match kind {
        DocumentKind::Image(image) if !may_be_decoded(image, bytes) => DocumentFormDto::LargeImage,
        _ => form(kind),
    }
}

fn faults(attachment: &Attachment, bytes: &[u8]) -> Vec<DocumentFaultDto> {
    let fault = |fault| match fault {
        AttachmentFault::WrongSize => DocumentFaultDto::WrongSize,
        AttachmentFault::WrongHash => DocumentFaultDto::WrongHash,
    };
    attachment.faults(bytes).into_iter().map(fault).collect()
}

/// The text of a document all of whose attachments have one.
pub(crate) fn plain_text(raw: &Raw) -> Option<String> {
    let texts = attachments(raw).into_iter().enumerate().map(|(index, attachment)| {
        let bytes = attachment_data(raw, index)?.ok()?;
        let content_type = ContentType::parse(attachment.content_type.as_deref().unwrap_or_default());
        let kind = identify(&content_type, &bytes);
        kind.is_text().then(|| read(kind, &content_type, &bytes).text())
    });
    let texts: Vec<String> = texts.collect::<Option<_>>()?;
    words::some(words::joined(texts, "\n\n"))
}

/// An attachment in full.
pub(crate) struct OpenedPart {
    pub(crate) form: DocumentFormDto,
    pub(crate) content_type: String,
    /// Size in bytes.
    pub(crate) size: usize,
    pub(crate) faults: Vec<DocumentFaultDto>,
    pub(crate) notices: Vec<DocumentNoticeDto>,
    pub(crate) is_preformatted: bool,
    /// Its text, where it has one.
    pub(crate) pieces: Vec<PieceDto>,
    /// Its bytes, where they are a PDF or a picture.
    pub(crate) bytes: Vec<u8>,
}

/// Opens an attachment whose bytes are in the record, or in `binary`, the Binary that it refers to; `None` where there
/// are none, or too many.
pub(super) fn open_part(raw: &Raw, index: usize, as_source: bool, binary: Option<&Raw>) -> Option<OpenedPart> {
    let attachment = attachments(raw).into_iter().nth(index)?;
    let data = match binary {
        Some(binary) => attachment_data(binary, 0),
        None => attachment_data(raw, index),
    };
    let bytes = data?.ok().filter(|bytes| bytes.len() <= LARGEST)?;
    let stored = || attachments(binary?).into_iter().next()?.content_type;
    let content_type = ContentType::parse(&attachment.content_type.clone().or_else(stored).unwrap_or_default());
    let kind = identify(&content_type, &bytes);
    let mut opened = OpenedPart {
        form: form_of(kind, &bytes),
        content_type: content_type.essence.clone(),
        size: bytes.len(),
        faults: faults(&attachment, &bytes),
        notices: Vec::new(),
        is_preformatted: false,
        pieces: Vec::new(),
        bytes: Vec::new(),
    };
    match kind {
        DocumentKind::Pdf => (opened.content_type, opened.bytes) = (String::from("application/pdf"), bytes),
        DocumentKind::Image(_) if opened.form == DocumentFormDto::LargeImage => {}
        DocumentKind::Image(image) => (opened.content_type, opened.bytes) = (image.content_type().to_owned(), bytes),
        DocumentKind::Other => {}
        _ => {
            let body = if as_source {
                read_source(kind, &content_type, &bytes)
            } else {
                read_with(kind, &content_type, &bytes, &|id| picture_beside(raw, id))
            };
            opened.notices = notices(&body.notices);
            opened.is_preformatted = body.is_preformatted;
            opened.pieces = pieces(body);
        }
    }
    Some(opened)
}

/// The text of a record that is a document itself.
pub(super) fn opened_text(pieces: Vec<PieceDto>) -> Option<OpenedPart> {
    let opened = OpenedPart {
        form: DocumentFormDto::Text,
        content_type: String::new(),
        size: pieces.iter().map(PieceDto::json_size).sum(),
        faults: Vec::new(),
        notices: Vec::new(),
        is_preformatted: false,
        pieces,
        bytes: Vec::new(),
    };
    (!opened.pieces.is_empty()).then_some(opened)
}

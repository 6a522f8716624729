//! What a file is: by its first bytes, because declarations are often wrong, then by its declared type.

use crate::content_type::ContentType;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// Plain text and text formats without a form of their own.
    Text,
    /// HTML.
    Html,
    /// HTML in XML form.
    Xhtml,
    /// Markdown.
    Markdown,
    /// Rich Text Format.
    Rtf,
    /// A text with its pictures: parts of one message (RFC 2387).
    Multipart,
    /// An HL7 Clinical Document Architecture document.
    Cda,
    /// PDF.
    Pdf,
    /// A picture that the page can show.
    Image(ImageKind),
    /// Anything else.
    Other,
}

/// Pictures that the page can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    Webp,
}

impl ImageKind {
    /// Its content type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }
}

impl DocumentKind {
    /// Whether [`crate::read()`] makes text of it.
    #[must_use]
    pub const fn is_text(self) -> bool {
        !matches!(self, Self::Pdf | Self::Image(_) | Self::Other)
    }

    /// What a type promises, where the bytes are not here.
    #[must_use]
    pub fn declared(content_type: &ContentType) -> Self {
        let essence = content_type.essence.as_str();
        match essence {
            "text/html" => Self::Html,
            "application/xhtml+xml" => Self::Xhtml,
            "text/markdown" | "text/x-markdown" | "text/vnd.daringfireball.markdown" => Self::Markdown,
            "text/rtf" | "application/rtf" | "application/x-rtf" | "text/richtext" => Self::Rtf,
            "application/pdf" | "application/x-pdf" => Self::Pdf,
            "application/cda+xml" | "application/hl7-cda+xml" | "application/hl7-sda+xml" => Self::Cda,
            "image/png" => Self::Image(ImageKind::Png),
            "image/jpeg" | "image/jpg" | "image/pjpeg" => Self::Image(ImageKind::Jpeg),
            "image/gif" => Self::Image(ImageKind::Gif),
            "image/webp" => Self::Image(ImageKind::Webp),
            "message/rfc822" | "multipart/related" | "multipart/mixed" | "multipart/alternative" => Self::Multipart,
            _ if is_text_type(essence) => Self::Text,
            _ => Self::Other,
        }
    }
}

fn is_text_type(essence: &str) -> bool {
    // An SVG picture is a program; its text would be noise.
    let is_svg = essence == "image/svg+xml";
    let text = essence.starts_with("text/") || essence.ends_with("+json") || essence.ends_with("+xml");
    let named = [
        "application/json",
        "application/xml",
        "application/x-ndjson",
        "application/yaml",
        "application/hl7-v2",
        "x-application/hl7-v2+er7",
        "application/hl7-v2+er7",
    ];
    (text && !is_svg) || named.contains(&essence)
}

/// What these bytes are. Their signature decides; without one, the declared type; without a type, whether they are text.
#[must_use]
pub fn identify(content_type: &ContentType, bytes: &[u8]) -> DocumentKind {
    let start = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let trimmed = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start();
    if let Some(kind) = by_signature(start, trimmed) {
        return kind;
    }
    let declared = DocumentKind::declared(content_type);
    match declared {
        // A text type that promises nothing more may still be a document.
        DocumentKind::Text if is_xml_type(content_type) && is_cda(bytes) => DocumentKind::Cda,
        // A binary type without its signature: text if it is some, otherwise nothing that can be shown.
        DocumentKind::Pdf | DocumentKind::Image(_) | DocumentKind::Other | DocumentKind::Rtf => {
            by_content(bytes, trimmed)
        }
        DocumentKind::Cda if !is_cda(bytes) => by_content(bytes, trimmed),
        // Signatures of compressed files and programs: not text, whatever is declared.
        _ if looks_binary(start) => DocumentKind::Other,
        kind => kind,
    }
}

fn by_signature(start: &[u8], trimmed: &[u8]) -> Option<DocumentKind> {
    let webp = start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP");
    // A PDF may have up to 1024 bytes before its header (ISO 32000-1, annex H.3, note 13), but not a text about one.
    let pdf = trimmed.starts_with(b"%PDF-")
        || (looks_binary(start) && start.get(..1024).unwrap_or(start).windows(5).any(|w| w == b"%PDF-"));
    let signatures = [
        (pdf, DocumentKind::Pdf),
        (start.starts_with(b"\x89PNG\r\n\x1A\n"), DocumentKind::Image(ImageKind::Png)),
        (start.starts_with(b"\xFF\xD8\xFF"), DocumentKind::Image(ImageKind::Jpeg)),
        (start.starts_with(b"GIF87a") || start.starts_with(b"GIF89a"), DocumentKind::Image(ImageKind::Gif)),
        (webp, DocumentKind::Image(ImageKind::Webp)),
        (trimmed.starts_with(b"{\\rtf"), DocumentKind::Rtf),
    ];
    signatures.into_iter().find_map(|(found, kind)| found.then_some(kind))
}

/// What bytes are whose type says nothing.
fn by_content(bytes: &[u8], trimmed: &[u8]) -> DocumentKind {
    if looks_binary(bytes.get(..bytes.len().min(4096)).unwrap_or_default()) || bytes.is_empty() {
        return DocumentKind::Other;
    }
    let lower = trimmed.get(..trimmed.len().min(1024)).unwrap_or_default().to_ascii_lowercase();
    let has = |word: &[u8]| lower.windows(word.len()).any(|w| w == word);
    if is_cda(bytes) {
        return DocumentKind::Cda;
    }
    if lower.starts_with(b"<svg") || (lower.starts_with(b"<?xml") && has(b"<svg")) {
        return DocumentKind::Other;
    }
    match () {
        () if lower.starts_with(b"<!doctype html") || lower.starts_with(b"<html") => DocumentKind::Html,
        () if lower.starts_with(b"<?xml") && has(b"<html") => DocumentKind::Xhtml,
        () => DocumentKind::Text,
    }
}

fn is_xml_type(content_type: &ContentType) -> bool {
    content_type.is_one_of(&["text/xml", "application/xml"]) || content_type.essence.ends_with("+xml")
}

/// Whether XML begins with a ClinicalDocument.
fn is_cda(bytes: &[u8]) -> bool {
    let start = bytes.get(..bytes.len().min(16 * 1024)).unwrap_or_default();
    // UTF-16 has a zero at every other place.
    let plain: Vec<u8> = start.iter().copied().filter(|b| *b != 0).collect();
    let name = b"ClinicalDocument";
    plain.windows(name.len().saturating_add(1)).any(|w| {
        let before = w.first().is_some_and(|b| *b == b'<' || *b == b':');
        before && w.get(1..) == Some(name)
    })
}

/// Whether text cannot look like this: more control characters than a damaged text has, and not as in UTF-16.
fn looks_binary(start: &[u8]) -> bool {
    let marked = [&b"\xFF\xFE"[..], b"\xFE\xFF", b"\0\0\xFE\xFF"].iter().any(|mark| start.starts_with(mark));
    let control = |b: &&u8| matches!(b, 0..=6 | 14..=26 | 28..=31);
    let found = start.iter().filter(control).count();
    // UTF-16 of Latin text without a mark has a zero at every other place, always on the same side.
    let zeros = |odd: usize| start.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let is_wide = even.min(odd) == 0 && even.max(odd).saturating_mul(3) > start.len() && even.max(odd) == found;
    !marked && !is_wide && found > 3 && found.saturating_mul(20) > start.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_decide_then_types_then_content() {
        use DocumentKind as K;
        for (declared, bytes, kind) in [
            ("text/plain", &b"Stop warfarin"[..], K::Text),
            ("", b"Stop warfarin", K::Text),
            ("application/octet-stream", b"Stop warfarin", K::Text),
            ("text/plain", b"%PDF-1.7\n", K::Pdf),
            ("application/pdf", b"\xEF\xBB\xBF  %PDF-1.4", K::Pdf),
            ("application/pdf", b"Stop warfarin", K::Text),
            ("image/png", b"\x89PNG\r\n\x1A\n\0\0", K::Image(ImageKind::Png)),
            ("image/png", b"\xFF\xD8\xFF\xE0\0", K::Image(ImageKind::Jpeg)),
            ("text/plain", b"RIFF\x10\0\0\0WEBPVP8 ", K::Image(ImageKind::Webp)),
            ("image/gif", b"GIF89a\x01\0", K::Image(ImageKind::Gif)),
            ("image/tiff", b"II*\0\x08\0\0\0", K::Other),
            ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>", K::Other),
            ("application/msword", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0", K::Other),
            ("text/plain", b"PK\x03\x04\x14\0\x06\0\x08\0", K::Other),
            ("application/msword", b"{\\rtf1 x}", K::Rtf),
            ("text/rtf", b"not rtf", K::Text),
            ("text/html", b"<p>x</p>", K::Html),
            ("", b"<!DOCTYPE html><p>x", K::Html),
            ("application/xhtml+xml", b"<html/>", K::Xhtml),
            ("text/markdown", b"# x", K::Markdown),
            ("text/xml", b"<?xml version='1.0'?><ClinicalDocument xmlns='urn:hl7-org:v3'>", K::Cda),
            ("application/xml", b"<x/>", K::Text),
            ("application/fhir+json", b"{}", K::Text),
            ("", b"<cda:ClinicalDocument xmlns:cda='urn:hl7-org:v3'>", K::Cda),
            ("text/plain", b"G\0r\0\xF6\0\xDF\0", K::Text),
            ("application/dicom", b"\0\0\0\0\0\0DICM", K::Other),
            ("", b"", K::Other),
            ("text/plain", b"", K::Text),
        ] {
            assert_eq!(identify(&ContentType::parse(declared), bytes), kind, "{declared} {bytes:?}");
        }
    }
}

//! Attached files (R4 Attachment), in documents, reports and pictures.

use super::parts::{Coding, When};
use super::reader::{coding, member_owned, member_phi, when};
use crate::{Kind, Node, Raw};
use base64::Engine;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use keep_domain::Phi;
use sha1::{Digest, Sha1};

/// Base64 with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Where the bytes of an attachment are.
#[derive(Clone, PartialEq, Eq)]
pub enum AttachmentSource {
    /// In the record: [`attachment_data`] decodes them, from base64 of this many characters.
    Inline(usize),
    /// At an address, as recorded; it may be relative to the server's base.
    Address(String),
    /// Nowhere.
    Nowhere,
}

/// An attachment, without its bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The content type with its parameters.
    pub content_type: Option<String>,
    /// The language.
    pub language: Option<String>,
    /// The title.
    pub title: Option<Phi<String>>,
    /// Size in bytes, as recorded.
    pub size: Option<u64>,
    /// SHA-1 in base64, as recorded.
    pub hash: Option<String>,
    /// The time at which it was made.
    pub creation: Option<When>,
    /// The format beyond the content type (DocumentReference.content.format).
    pub format: Option<Coding>,
    /// Where its bytes are.
    pub source: AttachmentSource,
}

/// The attachments of a record, in order: of documents, reports, pictures and Binary resources.
#[must_use]
pub fn attachments(raw: &Raw) -> Vec<Attachment> {
    nodes(raw).into_iter().map(|(node, format)| attachment(raw, node, format)).collect()
}

/// The bytes of the attachment at that place.
///
/// `None` where it has none in the record, an error where they could not be decoded.
#[must_use]
pub fn attachment_data(raw: &Raw, index: usize) -> Option<Result<Vec<u8>, UndecodableAttachment>> {
    let (node, _) = nodes(raw).into_iter().nth(index)?;
    if let Some(data) = data_of(raw, node) {
        return Some(data.text().and_then(|text| decode_base64(&text)).ok_or(UndecodableAttachment));
    }
    let url = node.member_text("url")?;
    Some(data_url(&url)?.1.ok_or(UndecodableAttachment))
}

/// The place of the attachment that HTML beside it calls `cid:` and this id: by its id, address or title.
#[must_use]
pub fn attachment_of_content_id(raw: &Raw, id: &str) -> Option<usize> {
    let local = id.split_once('@').map_or(id, |(local, _)| local);
    nodes(raw).iter().position(|(node, _)| {
        let is =
            |name: &str, wanted: &[&str]| node.member_text(name).is_some_and(|text| wanted.contains(&text.as_ref()));
        is("id", &[id, local]) || is("url", &[&format!("cid:{id}")]) || is("title", &[id, local])
    })
}

/// The data of an attachment is not valid base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UndecodableAttachment;

/// What is wrong with the bytes of an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentFault {
    /// They are more or fewer than recorded.
    WrongSize,
    /// They are not those of which the hash was recorded.
    WrongHash,
}

impl Attachment {
    /// Compares bytes with the recorded size and SHA-1; a hash of another kind says nothing.
    #[must_use]
    pub fn faults(&self, bytes: &[u8]) -> Vec<AttachmentFault> {
        let recorded = self.hash.as_deref().and_then(decode_base64).filter(|hash| hash.len() == Sha1::output_size());
        let differs = |hash: Vec<u8>| Sha1::digest(bytes).as_slice() != hash.as_slice();
        let wrong_size = self.size.is_some_and(|size| u64::try_from(bytes.len()) != Ok(size));
        let found =
            [(wrong_size, AttachmentFault::WrongSize), (recorded.is_some_and(differs), AttachmentFault::WrongHash)];
        found.into_iter().filter_map(|(is, fault)| is.then_some(fault)).collect()
    }
}

/// Attachment elements and their formats.
fn nodes(raw: &Raw) -> Vec<(Node<'_>, Option<Coding>)> {
    let node = raw.node();
    // A single item without brackets is a common mistake.
    let list = |name: &str| {
        let found = node.member(name);
        let items: Vec<_> = match found {
            Some(found) if found.kind() == Kind::Array => found.items().collect(),
            Some(found) => vec![found],
            None => Vec::new(),
        };
        items
    };
    match node.member_text("resourceType").as_deref() {
        Some("DocumentReference") => {
            let contents = list("content").into_iter();
            let attachment = |content: Node<'_>| content.member("format").and_then(coding);
            contents.filter_map(|content| Some((content.member("attachment")?, attachment(content)))).collect()
        }
        Some("DiagnosticReport") => list("presentedForm").into_iter().map(|node| (node, None)).collect(),
        Some("Media") => list("content").into_iter().map(|node| (node, None)).collect(),
        Some("Binary") => vec![(node, None)],
        _ => Vec::new(),
    }
}

fn attachment(raw: &Raw, node: Node<'_>, format: Option<Coding>) -> Attachment {
    let number =
        |name: &str| node.member(name).and_then(|n| n.number().map(str::to_owned).or_else(|| n.text().map(Into::into)));
    let url = member_owned(node, "url").map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
    let inline_type = url.as_deref().and_then(data_url).map(|(content_type, _)| content_type).filter(|t| !t.is_empty());
    let contained = contained(raw, node);
    let source = match (data_of(raw, node), url) {
        (Some(data), _) => AttachmentSource::Inline(data.raw().len()),
        (None, Some(url)) if url.starts_with("data:") => AttachmentSource::Inline(url.len()),
        (None, Some(url)) => AttachmentSource::Address(url),
        (None, None) => AttachmentSource::Nowhere,
    };
    Attachment {
        content_type: member_owned(node, "contentType")
            .or_else(|| member_owned(contained?, "contentType"))
            .or(inline_type),
        language: member_owned(node, "language"),
        title: member_phi(node, "title"),
        size: number("size").and_then(|n| n.parse().ok()),
        hash: member_owned(node, "hash"),
        creation: node.member("creation").and_then(when),
        format,
        source,
    }
}

/// The data of an attachment: its own, or that of the contained Binary that it refers to.
fn data_of<'a>(raw: &'a Raw, node: Node<'a>) -> Option<Node<'a>> {
    let is_some = |data: &Node<'_>| data.kind() != Kind::Null && data.raw() != "\"\"";
    node.member("data").filter(is_some).or_else(|| contained(raw, node)?.member("data").filter(is_some))
}

fn contained<'a>(raw: &'a Raw, node: Node<'_>) -> Option<Node<'a>> {
    let url = node.member_text("url")?;
    let id = url.strip_prefix('#')?;
    raw.node().member("contained")?.items().find(|found| found.member_text("id").as_deref() == Some(id))
}

/// Decodes base64 as systems write it: with line breaks, without padding, in the alphabet for addresses.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut packed: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    for byte in &mut packed {
        match byte {
            b'-' => *byte = b'+',
            b'_' => *byte = b'/',
            _ => {}
        }
    }
    BASE64.decode(packed).ok()
}

/// The text of an attachment that is plain text inside the record: UTF-8, or else Latin-1.
pub(super) fn attached(attachment: Node<'_>) -> Option<String> {
    let bytes = decode_base64(&attachment.member_text("data")?)?;
    let latin = |bytes: Vec<u8>| bytes.into_iter().map(char::from).collect();
    String::from_utf8(bytes).map_or_else(|e| Some(latin(e.into_bytes())), Some)
}

/// Content type and bytes of a `data:` address (RFC 2397); the bytes are `None` where they cannot be decoded.
fn data_url(url: &str) -> Option<(String, Option<Vec<u8>>)> {
    let (head, body) = url.strip_prefix("data:")?.split_once(',')?;
    let (content_type, is_base64) = match head.strip_suffix(";base64") {
        Some(content_type) => (content_type, true),
        None => (head, false),
    };
    let plain = percent_decoded(body);
    let bytes = if is_base64 { plain.and_then(|p| decode_base64(std::str::from_utf8(&p).ok()?)) } else { plain };
    Some((content_type.to_owned(), bytes))
}

fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            out.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            out.push(byte);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(content: &str) -> (Vec<Attachment>, Raw) {
        let text = format!(
            r##"{{"resourceType":"DocumentReference","contained":[{{"resourceType":"Binary","id":"b","contentType":"text/html","data":"PGI+"}}],"content":{content}}}"##
        );
        let raw = Raw::parse(text).expect("JSON");
        (attachments(&raw), raw)
    }

    #[test]
    fn every_attachment_of_every_content_is_found() {
        let (found, raw) = of(
            r#"[{"attachment":{"contentType":"application/pdf","url":"Binary/x","size":12,"hash":"aGFzaA==","title":"CT","language":"de","creation":"2026-11"},"format":{"code":"urn:ihe:pcc:xds-ms:2007"}},{"attachment":{"data":"U3RvcCB3YXJm\nYXJpbg"}},{"attachment":{}}]"#,
        );
        assert_eq!(found.len(), 3);
        assert!(found[0].source == AttachmentSource::Address("Binary/x".into()) && found[0].size == Some(12));
        assert!(found[0].format.as_ref().is_some_and(|f| f.code == "urn:ihe:pcc:xds-ms:2007"));
        assert!(matches!(found[1].source, AttachmentSource::Inline(_)) && found[2].source == AttachmentSource::Nowhere);
        assert!(attachment_data(&raw, 0).is_none());
        assert_eq!(attachment_data(&raw, 1), Some(Ok(b"Stop warfarin".to_vec())));
        assert!(attachment_data(&raw, 2).is_none() && attachment_data(&raw, 3).is_none());
    }

    #[test]
    fn bytes_that_are_not_the_recorded_ones_are_faults() {
        let faults = |extra: &str| of(&format!(r#"[{{"attachment":{{"data":"YWJj"{extra}}}}}]"#)).0[0].faults(b"abc");
        assert_eq!(faults(r#","size":3,"hash":"qZk+NkcGgWq6PiVxeFDCbJzQ2J0=""#), []);
        assert_eq!(faults(r#","size":4"#), [AttachmentFault::WrongSize]);
        assert_eq!(faults(r#","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAA=""#), [AttachmentFault::WrongHash]);
        assert_eq!(faults(r#","hash":"c29tZXRoaW5nIGVsc2U=""#), []);
    }

    #[test]
    fn bytes_are_found_wherever_they_are_in_the_record() {
        for (attachment, content_type, data) in [
            (r##"{"url":"#b"}"##, Some("text/html"), Some(Ok(b"<b>".to_vec()))),
            (
                r#"{"url":"data:text/plain;charset=utf-8;base64,w7Y="}"#,
                Some("text/plain;charset=utf-8"),
                Some(Ok("ö".as_bytes().to_vec())),
            ),
            (r#"{"url":"data:,Stop%20it"}"#, None, Some(Ok(b"Stop it".to_vec()))),
            (r#"{"contentType":"text/plain","data":"%%"}"#, Some("text/plain"), Some(Err(UndecodableAttachment))),
            (r#"{"contentType":"text/plain","data":7}"#, Some("text/plain"), Some(Err(UndecodableAttachment))),
            (r#"{"data":"-_8"}"#, None, Some(Ok(vec![0xFB, 0xFF]))),
            (r#"{"contentType":"text/plain","data":""}"#, Some("text/plain"), None),
        ] {
            let (found, raw) = of(&format!(r#"[{{"attachment":{attachment}}}]"#));
            assert_eq!(found[0].content_type.as_deref(), content_type, "{attachment}");
            assert_eq!(attachment_data(&raw, 0), data, "{attachment}");
        }
        let (found, _) = of(r#"{"attachment":{"url":"https://x.example/a"}}"#);
        assert!(found[0].source == AttachmentSource::Address("https://x.example/a".into()));
    }
}

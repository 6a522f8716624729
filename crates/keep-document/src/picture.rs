//! Pictures that are part of a document.

use crate::content_type::ContentType;
use crate::identify::{DocumentKind, ImageKind, identify};
use crate::piece::{Omitted, Picture, Piece};
use crate::pixels::may_be_decoded;
use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{alphabet, engine::DecodePaddingMode};

/// The largest picture inside a document that is shown, bytes.
const LARGEST: usize = 4 * 1024 * 1024;
/// Base64 with or without its padding.
pub(crate) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Whether an address contains its own data (RFC 2397).
pub(crate) fn is_data_url(address: &str) -> bool {
    address.trim_start().get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// The bytes of a part of the same message or record, by its Content-ID (RFC 2392).
pub type Parts<'a> = dyn Fn(&str) -> Option<Vec<u8>> + 'a;

/// The picture at `address`: its bytes where they are in the address itself or in a part beside the document; no other
/// address is ever opened.
pub(crate) fn piece(address: &str, label: Option<String>, parts: &Parts<'_>) -> Piece {
    let address = address.trim();
    if let Some(id) = content_id(address) {
        return parts(&id).map_or(Piece::Omitted(Omitted::Image, label.clone()), |bytes| of_bytes(bytes, label));
    }
    if is_data_url(address) {
        return match decoded(address) {
            Some(bytes) => of_bytes(bytes, label),
            None => Piece::Omitted(Omitted::Image, label),
        };
    }
    let lower = address.get(..8.min(address.len())).unwrap_or_default().to_ascii_lowercase();
    let is_remote = ["http:", "https:", "//"].iter().any(|start| lower.starts_with(start));
    Piece::Omitted(if is_remote { Omitted::RemoteImage } else { Omitted::Image }, label)
}

/// The id in an address of the form `cid:ecg%40ward`.
fn content_id(address: &str) -> Option<String> {
    let (scheme, id) = address.split_at_checked(4)?;
    let mut bytes = Vec::with_capacity(id.len());
    let mut rest = id.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%').and_then(|d| std::str::from_utf8(d).ok());
        let escaped = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = after.get(if escaped.is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    scheme.eq_ignore_ascii_case("cid:").then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// A PNG, JPEG or GIF; the first bytes decide, whatever is declared.
pub(crate) fn of_bytes(bytes: Vec<u8>, label: Option<String>) -> Piece {
    match identify(&ContentType::parse(""), &bytes) {
        _ if bytes.len() > LARGEST => Piece::Omitted(Omitted::Image, label),
        DocumentKind::Image(kind @ (ImageKind::Png | ImageKind::Jpeg | ImageKind::Gif)) => {
            if may_be_decoded(kind, &bytes) {
                Piece::Picture(Picture { kind, bytes, label })
            } else {
                Piece::Omitted(Omitted::LargeImage, label)
            }
        }
        _ => Piece::Omitted(Omitted::Image, label),
    }
}

/// The bytes in base64 of an address that contains its own data.
fn decoded(address: &str) -> Option<Vec<u8>> {
    let (head, body) = address.split_once(',')?;
    if !head.to_ascii_lowercase().ends_with(";base64") || body.len() / 4 * 3 > LARGEST {
        return None;
    }
    let packed: Vec<u8> = body.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    BASE64.decode(packed).ok()
}

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
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Whether an address contains its own data (RFC 2397).
pub(crate) fn is_data_url(address: &str) -> bool {
    address.trim_start().get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// The picture at `address`: its bytes where they are in the address itself; no other address is ever opened.
pub(crate) fn piece(address: &str, label: Option<String>) -> Piece {
    let address = address.trim();
    if is_data_url(address) {
        return match decoded(address) {
            Some((kind, bytes)) if !may_be_decoded(kind, &bytes) => Piece::Omitted(Omitted::LargeImage, label),
            Some((kind, bytes)) => Piece::Picture(Picture { kind, bytes, label }),
            None => Piece::Omitted(Omitted::Image, label),
        };
    }
    let lower = address.get(..8.min(address.len())).unwrap_or_default().to_ascii_lowercase();
    let is_remote = ["http:", "https:", "//"].iter().any(|start| lower.starts_with(start));
    Piece::Omitted(if is_remote { Omitted::RemoteImage } else { Omitted::Image }, label)
}

/// A PNG, JPEG or GIF in base64; the first bytes decide, whatever is declared.
fn decoded(address: &str) -> Option<(ImageKind, Vec<u8>)> {
    let (head, body) = address.split_once(',')?;
    if !head.to_ascii_lowercase().ends_with(";base64") || body.len() / 4 * 3 > LARGEST {
        return None;
    }
    let packed: Vec<u8> = body.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let bytes = BASE64.decode(packed).ok()?;
    match identify(&ContentType::parse(""), &bytes) {
        DocumentKind::Image(kind @ (ImageKind::Png | ImageKind::Jpeg | ImageKind::Gif)) => Some((kind, bytes)),
        _ => None,
    }
}

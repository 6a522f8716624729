//! Bodies on disk: zstd level 3 with the dictionary that ships with the program.

use crate::error::StoreError;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::sync::LazyLock;
use zeroize::Zeroize;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

/// The number of the shipped dictionary in `resource.dictionary`; 0 is none.
pub(crate) const DICTIONARY: u8 = 1;
/// Trained on synthetic records only, frozen per release.
const BYTES: &[u8] = include_bytes!("../../../assets/zstd/fhir-r4-1.dict");
const LEVEL: i32 = 3;
/// The longest buffer that a thread retains, bytes.
const MAX_RETAINED: usize = 1 << 20;
/// The longest text that is ever stored, bytes; also limits what a damaged frame can allocate.
const MAX_TEXT: usize = keep_fhir::MAX_BYTES + 4096;

static ENCODER: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(BYTES, LEVEL));
static DECODER: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(BYTES));
static HASH: LazyLock<[u8; 32]> = LazyLock::new(|| Sha256::digest(BYTES).into());

thread_local! {
    /// The compression buffer; the result is copied at its exact length.
    static COMPRESSED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// SHA-256 of a dictionary by its number; enters the row tag, so that a row is never read with another one.
pub(crate) fn dictionary_hash(number: u8) -> Option<&'static [u8; 32]> {
    (number == DICTIONARY).then(|| &*HASH)
}

/// Compresses with the shipped dictionary.
pub(crate) fn compress(text: &[u8]) -> Result<Box<[u8]>, StoreError> {
    const FAILED: StoreError = StoreError::Internal("compression");
    if text.len() > MAX_TEXT {
        return Err(StoreError::Invalid("text is too long"));
    }
    COMPRESSOR.with_borrow_mut(|slot| {
        let compressor = match slot {
            Some(c) => c,
            None => {
                let mut made = Compressor::with_prepared_dictionary(&ENCODER).map_err(|_| FAILED)?;
                // The frame needs neither its own checksum (the row tag covers it) nor the dictionary's id.
                made.include_checksum(false).map_err(|_| FAILED)?;
                made.include_dictid(false).map_err(|_| FAILED)?;
                slot.insert(made)
            }
        };
        COMPRESSED.with_borrow_mut(|buffer| {
            let most = zstd::zstd_safe::compress_bound(text.len());
            if buffer.len() < most {
                buffer.resize(most, 0);
            }
            let length = compressor.compress_to_buffer(text, buffer).map_err(|_| FAILED)?;
            let body = buffer.get_mut(..length).ok_or(FAILED)?;
            let compressed = Box::from(&*body);
            body.zeroize();
            // The buffer of a long text is freed.
            if buffer.len() > MAX_RETAINED {
                *buffer = Vec::new();
            }
            Ok(compressed)
        })
    })
}

/// The text of a stored body; `None` where the bytes are not a frame of the dictionary of that number.
pub(crate) fn decompress(dictionary: u8, body: &[u8]) -> Option<String> {
    if dictionary != DICTIONARY {
        return None;
    }
    let bytes = DECOMPRESSOR.with_borrow_mut(|slot| {
        let decompressor = match slot {
            Some(d) => d,
            None => slot.insert(Decompressor::with_prepared_dictionary(&DECODER).ok()?),
        };
        decompressor.decompress(body, MAX_TEXT).ok()
    })?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_round_trip_and_shrink() {
        let text = r#"{"resourceType":"Observation","id":"1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4","display":"Heart rate"}]}}"#;
        let body = compress(text.as_bytes()).expect("compressed");
        assert!(body.len() * 2 < text.len(), "{}", body.len());
        assert_eq!(decompress(DICTIONARY, &body).as_deref(), Some(text));
        assert_eq!(decompress(0, &body), None);
        assert_eq!(decompress(DICTIONARY, &body[..body.len() / 2]), None);
    }

    #[test]
    fn the_dictionary_is_frozen() {
        assert_eq!(BYTES.len(), 112_640);
        assert_eq!(hex::encode(*HASH), include_str!("../../../assets/zstd/fhir-r4-1.sha256").trim());
    }
}

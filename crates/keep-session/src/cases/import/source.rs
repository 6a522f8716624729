//! Opening an import file: compressed or not, UTF-8 or UTF-16, one resource a line or one JSON document.

use crate::dto::failure::FieldReasonDto;
use crate::error::SessionError;
use crate::settings::io_code;
use keep_domain::ErrorCode;
use keep_fhir::{Lines, MAX_BUNDLE_BYTES};
use serde_json::value::RawValue;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

/// The lines of an open file.
pub(super) type Source = Lines<Box<dyn BufRead + Send>>;

/// The largest window of a zstd frame, as a power of two: `zstd --long=27` and all ordinary levels.
const WINDOW_LOG: u32 = 27;
/// Bytes read at once.
const BUFFER: usize = 1 << 20;

/// Opens a file.
///
/// # Errors
/// `io`, and `invalid` for another file extension.
pub(super) fn open(file: &Path) -> Result<Source, SessionError> {
    let name = file.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    let io = |e: io::Error| SessionError::of(io_code(&e));
    let plain = name.strip_suffix(".zst").unwrap_or(name);
    if !plain.ends_with(".ndjson") && !plain.ends_with(".json") {
        return Err(SessionError::field("file", FieldReasonDto::UnknownEnding));
    }
    let opened = File::open(file).map_err(io)?;
    if plain.len() == name.len() {
        return lines_of(opened).map_err(io);
    }
    let mut decoder = zstd::Decoder::new(opened).map_err(io)?;
    decoder.window_log_max(WINDOW_LOG).map_err(io)?;
    // A damaged archive is reported when its records are read.
    lines_of(decoder).map_err(|_| SessionError::of(ErrorCode::ImportBroken))
}

fn lines_of(reader: impl Read + Send + 'static) -> io::Result<Source> {
    let mut reader = BufReader::with_capacity(BUFFER, reader);
    let text: Box<dyn Read + Send> = match encoding_of(reader.fill_buf()?) {
        Some(big_endian) => Box::new(Utf16Reader { reader, big_endian, decoded: Cursor::default() }),
        None => Box::new(reader),
    };
    let mut reader: Box<dyn BufRead + Send> = Box::new(BufReader::with_capacity(BUFFER, text));
    if is_document(reader.fill_buf()?) {
        reader = document_lines(reader)?;
    }
    Ok(Lines::new(reader))
}

/// Whether a file is UTF-16, and then whether the larger byte comes first: by its mark, or by the zero byte beside the
/// first ASCII character.
fn encoding_of(start: &[u8]) -> Option<bool> {
    match start {
        [0xff, 0xfe, ..] => Some(false),
        [0xfe, 0xff, ..] => Some(true),
        [0, b'{' | b'[' | b'\r' | b'\n' | b' ', ..] => Some(true),
        [b'{' | b'[' | b'\r' | b'\n' | b' ', 0, ..] => Some(false),
        _ => None,
    }
}

/// Whether the file is one JSON document: an array, or an object that is written on several lines.
fn is_document(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    match start {
        [b'[', ..] => true,
        [b'{', rest @ ..] => rest.iter().find(|b| !matches!(b, b' ' | b'\t' | b'\r')) == Some(&b'\n'),
        _ => false,
    }
}

/// The resources of one JSON document, each on a line. What is not JSON stays as it is, for its lines to be reported.
fn document_lines(reader: impl BufRead + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    let limit = u64::try_from(MAX_BUNDLE_BYTES).unwrap_or(u64::MAX);
    let mut limited = reader.take(limit);
    let mut bytes = Vec::new();
    limited.read_to_end(&mut bytes)?;
    let whole = limited.limit() > 0;
    let text = std::str::from_utf8(&bytes).ok().filter(|_| whole).map(|t| t.trim_start_matches('\u{feff}').trim());
    let items: Option<Vec<&RawValue>> = text.and_then(|t| match t.starts_with('[') {
        true => serde_json::from_str(t).ok(),
        false => serde_json::from_str(t).ok().map(|one| vec![one]),
    });
    // Outside of strings a line end is white space, and inside of them JSON has none.
    let line = |item: &&RawValue| item.get().replace(['\r', '\n'], " ");
    Ok(match items {
        Some(items) => Box::new(Cursor::new(items.iter().map(line).collect::<Vec<_>>().join("\n").into_bytes())),
        None => Box::new(Cursor::new(bytes).chain(limited.into_inner())),
    })
}

/// Reads UTF-16 as UTF-8; half a character becomes the replacement character.
struct Utf16Reader<R> {
    reader: R,
    big_endian: bool,
    decoded: Cursor<Vec<u8>>,
}

impl<R: BufRead> Utf16Reader<R> {
    fn unit(&mut self) -> io::Result<Option<u16>> {
        let mut pair = [0; 2];
        match self.reader.read_exact(&mut pair) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(e) => Err(e),
            Ok(()) => Ok(Some(if self.big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })),
        }
    }
}

impl<R: BufRead> Read for Utf16Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.decoded.read(out)?;
        if read > 0 || out.is_empty() {
            return Ok(read);
        }
        let mut units = Vec::with_capacity(BUFFER / 8);
        while units.len() < BUFFER / 8 {
            let Some(unit) = self.unit()? else { break };
            units.push(unit);
            // A pair is not divided.
            if (0xd800..0xdc00).contains(&unit) {
                units.extend(self.unit()?);
            }
        }
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.decoded = Cursor::new(text.into_bytes());
        self.decoded.read(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: Vec<u8>, expected: &[&str]) {
        let lines = lines_of(Cursor::new(bytes)).expect("opened");
        let found: Vec<_> =
            lines.map(|l| l.expect("read").map_or_else(|_| "?".to_owned(), |raw| raw.into_string())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_file_is_read_in_the_encodings_that_editors_write() {
        let text = "{\"a\":\"王𝟏é\"}\r\n\r\n{\"b\":2}\r\n";
        let expected = ["{\"a\":\"王𝟏é\"}", "{\"b\":2}"];
        check(text.as_bytes().to_vec(), &expected);
        check([b"\xef\xbb\xbf", text.as_bytes()].concat(), &expected);
        for marked in [format!("\u{feff}{text}"), text.to_owned()] {
            check(marked.encode_utf16().flat_map(u16::to_le_bytes).collect(), &expected);
            check(marked.encode_utf16().flat_map(u16::to_be_bytes).collect(), &expected);
        }
    }

    #[test]
    fn an_array_and_a_document_on_several_lines_are_read() {
        check(b" [{\"a\":1},\n {\"b\":\n 2}]\n".to_vec(), &["{\"a\":1}", "{\"b\":  2}"]);
        check(b"{\n  \"a\": 1.50\r\n}\n".to_vec(), &["{   \"a\": 1.50  }"]);
        check(b"[]".to_vec(), &[]);
        check(b"[{\"a\":1},".to_vec(), &["?"]);
        check(b"{\n\"a\":".to_vec(), &["?", "?"]);
    }
}

//! Newline-delimited JSON, one resource a line (`application/fhir+ndjson`).

use crate::{Raw, Unreadable, UnreadableKind};
use std::io::{self, BufRead};

/// One line that is not a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {unreadable}")]
pub struct LineError {
    /// The line of the file, from 1.
    pub line: u64,
    /// What is wrong; its column counts within the line.
    pub unreadable: Unreadable,
}

/// Reads resources line by line. Empty lines are skipped, broken ones reported and passed over.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    line: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// Over any buffered reader.
    pub const fn new(reader: R) -> Self {
        Self { reader, line: 0, buffer: Vec::new() }
    }

    /// The number of the line that was read last.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// Reads one line into the buffer, never more than the limit; the rest of a longer line is thrown away.
    fn fill(&mut self) -> io::Result<(bool, bool)> {
        self.buffer.clear();
        let (mut seen, mut cut) = (false, false);
        loop {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                return Ok((seen, cut));
            }
            seen = true;
            let end = memchr::memchr(b'\n', chunk);
            let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
            if self.buffer.len() + part.len() > crate::MAX_BYTES {
                cut = true;
            } else {
                self.buffer.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.reader.consume(used);
            if end.is_some() {
                return Ok((seen, cut));
            }
        }
    }
}

impl<R: BufRead> Lines<R> {
    /// The text of the next line that is not empty, its JSON not looked at; [`Lines::line`] then says which it was.
    pub fn next_text(&mut self) -> Option<io::Result<Result<String, LineError>>> {
        loop {
            let (seen, cut) = match self.fill() {
                Ok(found) => found,
                Err(e) => return Some(Err(e)),
            };
            if !seen {
                return None;
            }
            self.line += 1;
            let error = |unreadable| LineError { line: self.line, unreadable };
            if cut {
                return Some(Ok(Err(error(Unreadable::whole(UnreadableKind::TooLong)))));
            }
            if !self.buffer.trim_ascii().is_empty() {
                let text = std::str::from_utf8(&self.buffer);
                return Some(Ok(match text {
                    Ok(text) => Ok(text.trim_ascii().to_owned()),
                    Err(_) => Err(error(Unreadable::whole(UnreadableKind::NotUtf8))),
                }));
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Result<Raw, LineError>>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.next_text()?;
        let line = self.line;
        Some(found.map(|text| text.and_then(|t| Raw::parse(t).map_err(|unreadable| LineError { line, unreadable }))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Result<String, (u64, UnreadableKind)>> {
        // A tiny buffer makes every line cross its edge.
        let lines = Lines::new(io::BufReader::with_capacity(3, bytes));
        lines.map(|l| l.expect("no i/o error").map(Raw::into_string).map_err(|e| (e.line, e.unreadable.kind))).collect()
    }

    #[test]
    fn broken_lines_are_reported_and_passed_over() {
        let found = read(b"{\"a\":1}\r\n\n{\"b\":\n\xff\xfe\n[1]\n{\"c\":3}");
        assert_eq!(
            found,
            [
                Ok("{\"a\":1}".to_owned()),
                Err((3, UnreadableKind::Truncated)),
                Err((4, UnreadableKind::NotUtf8)),
                Err((5, UnreadableKind::NotAnObject)),
                Ok("{\"c\":3}".to_owned()),
            ]
        );
        assert!(read(b"").is_empty() && read(b"\n \n").is_empty());
    }

    #[test]
    fn an_endless_line_is_not_kept_in_memory() {
        let mut text = vec![b'x'; crate::MAX_BYTES + 1];
        text.extend_from_slice(b"\n{}\n");
        let lines: Vec<_> = Lines::new(&text[..]).map(|l| l.expect("no i/o error").map(Raw::into_string)).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].as_ref().map_err(|e| e.unreadable.kind), Err(UnreadableKind::TooLong));
        assert_eq!(lines[1].as_deref(), Ok("{}"));
    }
}

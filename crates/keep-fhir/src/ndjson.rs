//! Newline-delimited JSON, one resource a line (`application/fhir+ndjson`).

use crate::{Raw, Unreadable, UnreadableKind};
use std::fmt;
use std::io::{self, BufRead};

/// One line that is not a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {unreadable}")]
pub struct LineError {
    /// The line of the file, from 1.
    pub line: u64,
    /// What is wrong, with the column within the line.
    pub unreadable: Unreadable,
}

/// Reads resources line by line. Empty lines are skipped, invalid ones reported.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    line: u64,
}

impl<R: BufRead> Lines<R> {
    /// A reader of lines.
    pub const fn new(reader: R) -> Self {
        Self { reader, line: 0 }
    }

    /// Reads whole lines into `block` until it holds about `bytes`; empty at the end of the file.
    ///
    /// # Errors
    /// The I/O error; the lines before it are in the block.
    pub fn fill(&mut self, block: &mut Block, bytes: usize) -> io::Result<()> {
        block.clear();
        // Empty lines also take memory.
        while block.bytes.len() + block.lines.len() * size_of::<LineSpan>() < bytes && self.add(block)? {}
        Ok(())
    }

    /// Reads one line into the block, up to the limit; the rest of a longer line is discarded.
    fn add(&mut self, block: &mut Block) -> io::Result<bool> {
        let start = block.bytes.len();
        let (mut seen, mut cut) = (false, false);
        loop {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                break;
            }
            seen = true;
            let end = memchr::memchr(b'\n', chunk);
            let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
            if block.bytes.len() - start + part.len() > crate::MAX_BYTES {
                cut = true;
            } else {
                block.bytes.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.reader.consume(used);
            if end.is_some() {
                break;
            }
        }
        if seen {
            self.line += 1;
            block.lines.push(LineSpan { number: self.line, end: block.bytes.len(), cut });
        }
        Ok(seen)
    }
}

/// A block of whole lines. Debug shows no content.
#[derive(Default)]
pub struct Block {
    bytes: Vec<u8>,
    lines: Vec<LineSpan>,
}

struct LineSpan {
    number: u64,
    end: usize,
    cut: bool,
}

impl Block {
    /// The lines that are not empty, each with its number from 1; their JSON is not checked.
    pub fn texts(&self) -> impl Iterator<Item = (u64, Result<&str, LineError>)> {
        let mut start = 0;
        self.lines.iter().filter_map(move |line| {
            let bytes = self.bytes.get(start..line.end).unwrap_or_default().trim_ascii();
            start = line.end;
            let error = |kind| Err(LineError { line: line.number, unreadable: Unreadable::whole(kind) });
            let text = match std::str::from_utf8(bytes) {
                _ if line.cut => error(UnreadableKind::TooLong),
                Ok("") => return None,
                // A byte order mark, also of a file that was appended to another.
                Ok(text) => match text.trim_start_matches('\u{feff}').trim_ascii_start() {
                    "" => return None,
                    text => Ok(text),
                },
                Err(_) => error(UnreadableKind::NotUtf8),
            };
            Some((line.number, text))
        })
    }

    /// Whether nothing was read.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.lines.clear();
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Block({} lines)", self.lines.len())
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Result<Raw, LineError>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut block = Block::default();
        loop {
            block.clear();
            match self.add(&mut block) {
                Err(e) => return Some(Err(e)),
                Ok(false) => return None,
                Ok(true) => {}
            }
            if let Some((line, text)) = block.texts().next() {
                let parsed = |text| Raw::parse(text).map_err(|unreadable| LineError { line, unreadable });
                return Some(Ok(text.and_then(parsed)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Result<String, (u64, UnreadableKind)>> {
        // A tiny buffer makes every line span several reads.
        let lines = Lines::new(io::BufReader::with_capacity(3, bytes));
        lines.map(|l| l.expect("no i/o error").map(Raw::into_string).map_err(|e| (e.line, e.unreadable.kind))).collect()
    }

    #[test]
    fn invalid_lines_are_reported_and_skipped() {
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
        assert!(read(b"").is_empty() && read(b"\n \n").is_empty() && read(b"\xef\xbb\xbf\n").is_empty());
        let marked = read(b"\xef\xbb\xbf{\"a\":1}\r\n\r\n\xef\xbb\xbf{\"b\":2}\r\n");
        assert_eq!(marked, [Ok("{\"a\":1}".to_owned()), Ok("{\"b\":2}".to_owned())]);
    }

    #[test]
    fn blocks_hold_whole_lines_in_order() {
        let text = b"{\"a\":1}\n\n[2]\n \xff\n{\"long\":\"0123456789\"}\nlast";
        let mut lines = Lines::new(io::BufReader::with_capacity(3, &text[..]));
        let (mut block, mut found, mut blocks) = (Block::default(), Vec::new(), 0);
        loop {
            lines.fill(&mut block, 60).expect("no i/o error");
            if block.is_empty() {
                break;
            }
            blocks += 1;
            found.extend(block.texts().map(|(n, t)| (n, t.map(str::to_owned).map_err(|e| e.unreadable.kind))));
        }
        let texts = [(1, Ok("{\"a\":1}")), (3, Ok("[2]")), (4, Err(UnreadableKind::NotUtf8))];
        let texts = texts.into_iter().chain([(5, Ok("{\"long\":\"0123456789\"}")), (6, Ok("last"))]);
        assert_eq!(found, texts.map(|(n, t)| (n, t.map(str::to_owned))).collect::<Vec<_>>());
        assert_eq!(blocks, 3);
    }

    #[test]
    fn empty_lines_also_fill_a_block() {
        let text = vec![b'\n'; 10_000];
        let mut lines = Lines::new(&text[..]);
        let mut block = Block::default();
        lines.fill(&mut block, 1000).expect("no i/o error");
        assert!(!block.is_empty() && block.lines.len() < 100 && block.texts().next().is_none());
    }

    #[test]
    fn an_endless_line_is_not_held_in_memory() {
        let mut text = vec![b'x'; crate::MAX_BYTES + 1];
        text.extend_from_slice(b"\n{}\n");
        let lines: Vec<_> = Lines::new(&text[..]).map(|l| l.expect("no i/o error").map(Raw::into_string)).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].as_ref().map_err(|e| e.unreadable.kind), Err(UnreadableKind::TooLong));
        assert_eq!(lines[1].as_deref(), Ok("{}"));
    }
}

//! Writes pieces so that elements are always balanced and never nested too deeply for a page.

use crate::piece::{Direction, Element, Piece};

/// The deepest nesting of elements; anything deeper is shown without its element.
const DEEPEST: usize = 48;
/// The longest text of one piece, bytes; longer text becomes several pieces.
const LONGEST: usize = 32 * 1024;

/// Collects pieces.
#[derive(Default)]
pub(crate) struct PieceWriter {
    pieces: Vec<Piece>,
    /// Whether each open element was written.
    open: Vec<bool>,
    /// Elements that were written and are open.
    depth: usize,
}

impl PieceWriter {
    pub(crate) fn open(&mut self, element: Element, direction: Option<Direction>) {
        let is_written = self.depth < DEEPEST;
        if is_written {
            self.pieces.push(Piece::Open(element, direction));
            self.depth = self.depth.saturating_add(1);
        }
        self.open.push(is_written);
    }

    /// Ends the innermost open element, if there is one.
    pub(crate) fn close(&mut self) {
        if self.open.pop() == Some(true) {
            self.pieces.push(Piece::Close);
            self.depth = self.depth.saturating_sub(1);
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let space = match self.pieces.last() {
                Some(Piece::Text(last)) => LONGEST.saturating_sub(last.len()),
                _ => LONGEST,
            };
            let (head, tail) = split_before(rest, space);
            match self.pieces.last_mut() {
                Some(Piece::Text(last)) if !head.is_empty() => last.push_str(head),
                _ => {
                    let (head, tail) = split_before(rest, LONGEST);
                    self.pieces.push(Piece::Text(head.to_owned()));
                    rest = tail;
                    continue;
                }
            }
            rest = tail;
        }
    }

    /// Adds a piece that is no element and no text.
    pub(crate) fn add(&mut self, piece: Piece) {
        self.pieces.push(piece);
    }

    /// The pieces; elements that are still open end here.
    pub(crate) fn finish(mut self) -> Vec<Piece> {
        while !self.open.is_empty() {
            self.close();
        }
        self.pieces
    }
}

/// Splits before the character that would exceed `space` bytes.
fn split_before(text: &str, space: usize) -> (&str, &str) {
    let mut at = space.min(text.len());
    while !text.is_char_boundary(at) {
        at = at.saturating_sub(1);
    }
    text.split_at_checked(at).unwrap_or((text, ""))
}

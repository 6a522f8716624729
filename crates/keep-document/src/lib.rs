#![doc = include_str!("../README.md")]
// The types deliberately have no Debug: they hold what a document says.
#![expect(missing_debug_implementations, reason = "a document holds clinical text, which must not reach a log")]

mod cda;
mod charset;
mod content_type;
mod font;
mod html;
mod identify;
mod markdown;
mod multipart;
mod picture;
mod piece;
mod piece_writer;
mod pixels;
mod read;
mod rtf;
mod style;
mod xhtml;

pub use content_type::ContentType;
pub use identify::{DocumentKind, ImageKind, identify};
pub use picture::Parts;
pub use piece::{Body, Direction, Element, Field, Notice, Numbering, Omitted, Picture, Piece};
pub use pixels::{MOST_PIXELS, may_be_decoded};
pub use read::{read, read_narrative, read_source, read_with};

#[cfg(test)]
mod tests;

//! Documents that the page shows. They are forgotten when they are closed, and at the lock.

use crate::dto::chart::document::{DocumentChunkDto, PieceDto};
use keep_domain::ResourceId;
use std::collections::VecDeque;

/// The most documents that are open at once; the oldest is closed for another one.
const MOST_OPEN: usize = 4;
/// The most text of one chunk, bytes; a reply stays below 256 kB with it.
const LONGEST_CHUNK: usize = 200 * 1024;
/// The most bytes of one read.
const LONGEST_READ: usize = 256 * 1024;

/// A document that is open. INVARIANT: the event of its reading is durable.
pub(crate) struct OpenDocument {
    pub(crate) pieces: Vec<PieceDto>,
    pub(crate) content_type: String,
    /// Of a PDF or a picture; empty otherwise.
    pub(crate) bytes: Vec<u8>,
}

/// A part of the bytes of an open document.
pub struct DocumentBytes {
    /// The bytes, at most 256 kB.
    pub bytes: Vec<u8>,
    /// Size of the document, bytes.
    pub total: usize,
    /// Its content type.
    pub content_type: String,
}

impl std::fmt::Debug for DocumentBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DocumentBytes({} of {})", self.bytes.len(), self.total)
    }
}

/// The open documents by handle, the oldest first.
#[derive(Default)]
pub(crate) struct OpenDocuments(VecDeque<(String, OpenDocument)>);

impl OpenDocuments {
    /// Opens a document; returns a handle that cannot be guessed.
    pub(crate) fn insert(&mut self, mut document: OpenDocument) -> String {
        for (at, piece) in document.pieces.iter_mut().enumerate() {
            if let PieceDto::Picture { index, .. } = piece {
                *index = u32::try_from(at).unwrap_or(u32::MAX);
            }
        }
        while self.0.len() >= MOST_OPEN {
            self.0.pop_front();
        }
        let handle = ResourceId::make_random().to_string();
        self.0.push_back((handle.clone(), document));
        handle
    }

    pub(crate) fn remove(&mut self, handle: &str) {
        self.0.retain(|(own, _)| own != handle);
    }

    fn get(&self, handle: &str) -> Option<&OpenDocument> {
        self.0.iter().find(|(own, _)| own == handle).map(|(_, document)| document)
    }

    /// The parts of a text from the one at `offset`.
    pub(crate) fn chunk(&self, handle: &str, offset: usize) -> Option<DocumentChunkDto> {
        let document = self.get(handle)?;
        let rest = document.pieces.get(offset..)?;
        let mut left = LONGEST_CHUNK;
        let fits = |piece: &&PieceDto| {
            left = left.saturating_sub(piece.json_size());
            left > 0
        };
        let mut pieces: Vec<PieceDto> = rest.iter().take_while(fits).cloned().collect();
        if pieces.is_empty() {
            pieces.extend(rest.first().cloned());
        }
        let next = offset.saturating_add(pieces.len());
        let next = (next < document.pieces.len()).then(|| u32::try_from(next).ok()).flatten();
        Some(DocumentChunkDto { pieces, next })
    }

    /// The bytes from `offset`, at most 256 kB: of the document, or of the picture that is this piece.
    pub(crate) fn bytes(&self, handle: &str, picture: Option<usize>, offset: usize) -> Option<DocumentBytes> {
        let document = self.get(handle)?;
        let (all, content_type) = match picture {
            None => (document.bytes.as_slice(), &document.content_type),
            Some(piece) => match document.pieces.get(piece)? {
                PieceDto::Picture { file, content_type, .. } => (&*file.0, content_type),
                _ => return None,
            },
        };
        let rest = all.get(offset..)?;
        let bytes = rest.get(..rest.len().min(LONGEST_READ)).unwrap_or_default().to_vec();
        Some(DocumentBytes { bytes, total: all.len(), content_type: content_type.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::chart::document::PictureFile;

    fn document(pieces: Vec<PieceDto>, bytes: usize) -> OpenDocument {
        OpenDocument { pieces, content_type: String::from("image/png"), bytes: vec![7; bytes] }
    }

    #[test]
    fn the_oldest_document_is_closed_for_another_one() {
        let mut open = OpenDocuments::default();
        let handles: Vec<String> = (0..5).map(|_| open.insert(document(Vec::new(), 3))).collect();
        assert!(open.bytes(&handles[0], None, 0).is_none() && open.bytes(&handles[1], None, 0).is_some());
        open.remove(&handles[1]);
        assert!(open.bytes(&handles[1], None, 0).is_none() && open.bytes("guess", None, 0).is_none());
    }

    #[test]
    fn a_picture_is_read_by_its_piece() {
        let text = || PieceDto::Text { text: String::from("x") };
        let file = PictureFile([1, 2, 3].into());
        let picture =
            PieceDto::Picture { index: 0, content_type: String::from("image/gif"), size: 3, label: None, file };
        let mut open = OpenDocuments::default();
        let handle = open.insert(document(vec![text(), picture], 0));
        let chunk = open.chunk(&handle, 0).expect("a chunk");
        let json = serde_json::to_value(&chunk.pieces[1]).expect("JSON");
        assert_eq!(
            json,
            serde_json::json!({"kind": "picture", "index": 1, "contentType": "image/gif", "size": 3, "label": null})
        );
        let bytes = open.bytes(&handle, Some(1), 1).expect("bytes");
        assert_eq!((bytes.bytes, bytes.total, bytes.content_type.as_str()), (vec![2, 3], 3, "image/gif"));
        assert!(open.bytes(&handle, Some(0), 0).is_none() && open.bytes(&handle, Some(2), 0).is_none());
    }

    #[test]
    fn long_documents_cross_in_parts_that_fit() {
        let text = "\u{1}\"".repeat(10_000);
        let pieces = vec![PieceDto::Text { text }; 9];
        let mut open = OpenDocuments::default();
        let handle = open.insert(document(pieces, LONGEST_READ + 5));
        let (mut offset, mut seen) = (0, 0);
        loop {
            let chunk = open.chunk(&handle, offset).expect("a chunk");
            assert!(serde_json::to_string(&chunk).expect("JSON").len() < 256 * 1024);
            seen += chunk.pieces.len();
            let Some(next) = chunk.next else { break };
            offset = usize::try_from(next).expect("index");
        }
        assert_eq!(seen, 9);
        assert_eq!(
            open.bytes(&handle, None, 0).map(|b| (b.bytes.len(), b.total)),
            Some((LONGEST_READ, LONGEST_READ + 5))
        );
        assert_eq!(open.bytes(&handle, None, LONGEST_READ).map(|b| b.bytes.len()), Some(5));
        assert!(open.bytes(&handle, None, LONGEST_READ + 6).is_none());
    }
}

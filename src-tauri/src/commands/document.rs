//! `open_document`, `document_chunk` and `close_document`.

use crate::shell::Shell;
use keep_session::cases::documents;
use keep_session::dto::chart::document::{DocumentChunkAskDto, DocumentChunkDto, OpenDocumentDto, OpenedDocumentDto};
use keep_session::dto::failure::FailureDto;
use serde::Deserialize;
use tauri::State;

/// Names an open document.
#[derive(Deserialize)]
pub(crate) struct HandleRequest {
    handle: String,
}

/// One attachment in full, with an audit event.
#[tauri::command]
pub(crate) async fn open_document(
    shell: State<'_, Shell>,
    request: OpenDocumentDto,
) -> Result<OpenedDocumentDto, FailureDto> {
    shell.run(move |workstation| documents::open_document(workstation, request)).await
}

/// The next parts of its text.
#[tauri::command]
pub(crate) async fn document_chunk(
    shell: State<'_, Shell>,
    request: DocumentChunkAskDto,
) -> Result<DocumentChunkDto, FailureDto> {
    shell.run(move |workstation| documents::document_chunk(workstation, &request)).await
}

/// Reports that it is no longer shown.
#[tauri::command]
pub(crate) async fn close_document(shell: State<'_, Shell>, request: HandleRequest) -> Result<(), FailureDto> {
    shell.run(move |workstation| documents::close_document(workstation, &request.handle)).await
}

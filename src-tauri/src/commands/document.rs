//! `open_document`, `document_chunk`, `document_bytes` and `close_document`.

use crate::shell::Shell;
use keep_session::Workstation;
use keep_session::cases::documents;
use keep_session::dto::chart::document::{DocumentChunkAskDto, DocumentChunkDto, OpenDocumentDto, OpenedDocumentDto};
use keep_session::dto::failure::FailureDto;
use serde::Deserialize;
use tauri::State;
use tauri::ipc::Response;

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

/// Names a part of the bytes of an open document.
#[derive(Deserialize)]
pub(crate) struct BytesRequest {
    handle: String,
    offset: u32,
}

/// The next bytes of a PDF or a picture, at most 256 kB, not as JSON.
#[tauri::command]
pub(crate) async fn document_bytes(shell: State<'_, Shell>, request: BytesRequest) -> Result<Response, FailureDto> {
    let read = move |workstation: &Workstation| documents::document_bytes(workstation, &request.handle, request.offset);
    Ok(Response::new(shell.run(read).await?.bytes))
}

/// Reports that it is no longer shown.
#[tauri::command]
pub(crate) async fn close_document(shell: State<'_, Shell>, request: HandleRequest) -> Result<(), FailureDto> {
    shell.run(move |workstation| documents::close_document(workstation, &request.handle)).await
}

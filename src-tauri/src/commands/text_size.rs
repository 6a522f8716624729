//! `text_size`, `set_text_size`: for every screen, the lock screen included.

use crate::failure::failure;
use crate::shell::Shell;
use crate::web_view;
use keep_domain::ErrorCode;
use keep_session::dto::failure::FailureDto;
use keep_session::dto::text_size::{SetTextSizeDto, TextSizeDto};
use tauri::{State, WebviewWindow};

/// The size of text in use.
#[tauri::command]
pub(crate) async fn text_size(shell: State<'_, Shell>) -> Result<TextSizeDto, FailureDto> {
    Ok(keep_session::text_size_dto(shell.text_size()))
}

/// Changes the size of text now and for later starts.
#[tauri::command]
pub(crate) async fn set_text_size(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    request: SetTextSizeDto,
) -> Result<TextSizeDto, FailureDto> {
    let percent = keep_session::nearest_text_size(request.percent);
    web_view::set_text_size(&window, percent).map_err(|_| failure(ErrorCode::Internal))?;
    shell.set_text_size(percent);
    Ok(keep_session::text_size_dto(percent))
}

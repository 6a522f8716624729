//! `open_chart`, `close_chart` and the chart's pages.

use crate::shell::Shell;
use keep_session::cases;
use keep_session::dto::chart::notes::NotesDto;
use keep_session::dto::chart::results::ResultsDto;
use keep_session::dto::chart::timeline::{RecordDto, RecordRequestDto, TimelineDto};
use keep_session::dto::chart::{ChartDto, TimelineWindowDto, WindowDto};
use keep_session::dto::failure::FailureDto;
use serde::Deserialize;
use tauri::State;

/// Names a patient.
#[derive(Deserialize)]
pub(crate) struct PatientRequest {
    patient: String,
}

/// The chart of a patient, with an audit event.
#[tauri::command]
pub(crate) async fn open_chart(shell: State<'_, Shell>, request: PatientRequest) -> Result<ChartDto, FailureDto> {
    shell.run(move |workstation| cases::chart::open_chart(workstation, &request.patient)).await
}

/// Reports that the chart is no longer shown.
#[tauri::command]
pub(crate) async fn close_chart(shell: State<'_, Shell>, request: PatientRequest) -> Result<(), FailureDto> {
    shell.run(move |workstation| cases::chart::close_chart(workstation, &request.patient)).await
}

/// One page of the timeline or of a tab's records.
#[tauri::command]
pub(crate) async fn chart_timeline(
    shell: State<'_, Shell>,
    request: TimelineWindowDto,
) -> Result<TimelineDto, FailureDto> {
    shell.run(move |workstation| cases::chart::chart_timeline(workstation, request)).await
}

/// One record in full.
#[tauri::command]
pub(crate) async fn chart_record(shell: State<'_, Shell>, request: RecordRequestDto) -> Result<RecordDto, FailureDto> {
    shell.run(move |workstation| cases::chart::chart_record(workstation, request)).await
}

/// One page of the results.
#[tauri::command]
pub(crate) async fn chart_results(shell: State<'_, Shell>, request: WindowDto) -> Result<ResultsDto, FailureDto> {
    shell.run(move |workstation| cases::chart::chart_results(workstation, request)).await
}

/// One page of the notes.
#[tauri::command]
pub(crate) async fn chart_notes(shell: State<'_, Shell>, request: WindowDto) -> Result<NotesDto, FailureDto> {
    shell.run(move |workstation| cases::chart::chart_notes(workstation, request)).await
}

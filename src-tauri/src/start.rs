//! From the command line to the running window.

use crate::error::ShellError;
use crate::launch::Launch;
use crate::lock::{lock_if_open, lock_workstation};
use crate::lock_cause::LockCause;
use crate::shell::Shell;
use crate::window_geometry::WindowGeometry;
use crate::{commands, document_protocol, inactivity, log, platform, second_instance, window};
use keep_domain::ErrorCode;
use keep_hardening::NotProtected;
use keep_session::{Profile, ProfileLock};
use std::process::ExitCode;
use tauri::{App, Manager, Window, WindowEvent};

/// Runs the desktop program until its window is closed; `protected` is the result of the call that `main` makes first.
#[must_use]
pub fn run(protected: Result<(), NotProtected>) -> ExitCode {
    match open(protected) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            log::print_line(&error.to_string());
            ExitCode::from(error.code().exit_code() as u8)
        }
    }
}

fn open(protected: Result<(), NotProtected>) -> Result<u8, ShellError> {
    protected?;
    platform::refuse_remote_control();
    let Launch { profile, handover } = Launch::from_args(std::env::args_os().skip(1), Profile::default_folder().ok())?;
    let handover = handover.unwrap_or_default();
    // INVARIANT: handed over files are taken before this process opens any file of its own.
    let (lock_fd, resume) = platform::take_inherited(&handover);
    log::start();
    let held = lock_fd.map_or_else(|| ProfileLock::take(&profile), |fd| ProfileLock::from_inherited_fd(fd, &profile));
    let lock = held.map_err(|error| ShellError::Profile(error.code())).inspect_err(|error| {
        if error.code() == ErrorCode::ProfileInUse {
            keep_session::note_second_instance(&profile);
            second_instance::show_first(&profile);
        }
    })?;
    let resume = resume.and_then(|memory| memory.read().ok());
    if let Err(error) = platform::reap(handover.children) {
        tracing::warn!(%error, "children of the replaced process remain as zombies");
    }
    let geometry = handover.geometry;
    let shell = Shell::open(profile, lock, geometry, resume.as_ref());
    let app = tauri::Builder::default()
        .manage(shell)
        .invoke_handler(tauri::generate_handler![
            commands::audit::audit_events,
            commands::audit::sign_off_alerts,
            commands::audit::unmask,
            commands::chart::chart_notes,
            commands::chart::chart_record,
            commands::chart::chart_results,
            commands::chart::chart_timeline,
            commands::chart::close_chart,
            commands::chart::open_chart,
            commands::document::close_document,
            commands::document::document_chunk,
            commands::document::open_document,
            commands::conflict::conflict,
            commands::conflict::decide_conflict,
            commands::device::device,
            commands::draft::discard_draft,
            commands::draft::drafts,
            commands::draft::save_draft,
            commands::enrol::enrol_begin,
            commands::enrol::enrol_cancel,
            commands::enrol::enrol_code,
            commands::enrol::enrol_password,
            commands::enrol::enrol_state,
            commands::lock::lock,
            commands::lock::lock_screen,
            commands::search::search_patients,
            commands::session::keep_place,
            commands::session::session,
            commands::session::set_single_keys,
            commands::session::touch,
            commands::session::unlock,
            commands::sign_in::sign_in_again,
            commands::sign_in::sign_in_cancel,
            commands::sign_in::sign_in_state,
            commands::sync::sync_cancel,
            commands::sync::sync_chip,
            commands::sync::sync_now,
            commands::sync::sync_page,
            commands::sync::sync_retry,
            commands::sync::sync_give_up,
            commands::text_size::set_text_size,
            commands::text_size::text_size,
            commands::visit::check_vitals,
            commands::visit::mark_entered_in_error,
            commands::visit::undo_entered_in_error,
            commands::visit::save_vitals,
            commands::visit::sign_note,
            commands::worklist::check_in,
            commands::worklist::worklist,
        ])
        .register_asynchronous_uri_scheme_protocol(document_protocol::SCHEME, document_protocol::answer)
        .on_window_event(on_window_event)
        .setup(move |app| Ok(set_up(app, geometry)?))
        .build(tauri::generate_context!())
        .map_err(ShellError::Window)?;
    Ok(u8::try_from(app.run_return(|_, _| {})).unwrap_or(1))
}

fn set_up(app: &App, geometry: Option<WindowGeometry>) -> Result<(), ShellError> {
    let handle = app.handle();
    window::open(handle, geometry)?;
    inactivity::start_watching(handle.clone()).map_err(ShellError::Thread)?;
    app.state::<Shell>().forward_events(handle);
    if let Err(error) = second_instance::answer(handle.clone(), &app.state::<Shell>().profile) {
        tracing::warn!(%error, "a second start cannot raise this window");
    }
    let app = handle.clone();
    tauri::async_runtime::spawn(platform::watch_os_session(move |cause| lock_if_open(&app, cause)));
    Ok(())
}

fn on_window_event(window: &Window, event: &WindowEvent) {
    match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            lock_workstation(window.app_handle(), LockCause::Close);
        }
        WindowEvent::Moved(_) | WindowEvent::Resized(_) | WindowEvent::Focused(_) => {
            let view = window.app_handle().get_webview_window(window.label());
            if let Some(geometry) = view.as_ref().and_then(WindowGeometry::of) {
                window.state::<Shell>().set_geometry(geometry);
            }
        }
        _ => {}
    }
}

//! A second start of the program on the same profile: the window of the first instance comes to the front.

use crate::platform::{self, SecondStart};
use crate::shell::Shell;
use crate::window::{self, MAIN};
use std::path::Path;
use tauri::{AppHandle, Manager};

/// Answers later starts on the profile.
pub(crate) fn answer(app: AppHandle, profile: &Path) -> std::io::Result<()> {
    platform::answer_second_starts(profile, move |start| raise(&app, start))
}

fn raise(app: &AppHandle, mut start: SecondStart) {
    if app.get_webview_window(MAIN).is_some_and(|w| window::raise(&w).is_ok()) {
        start.confirm();
    }
    // The second instance left a note in the profile before it asked.
    if let Ok(workstation) = app.state::<Shell>().workstation() {
        workstation.report_pending_faults();
    }
}

/// Shows the window of the first instance, or a message if that instance does not respond.
pub(crate) fn show_first(profile: &Path) {
    if !platform::show_first_instance(profile) {
        platform::show_message(
            "Chartkeep",
            "Chartkeep is already running on this workstation, but its window is not responding. Nothing was changed. \
             Close it or restart the computer, then start Chartkeep again.",
        );
    }
}

//! A second start of the program on the same profile: the first one comes to the front.

use crate::shell::Shell;
use crate::window::{self, MAIN};
use gtk::prelude::{DialogExt, GtkWindowExt};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::Duration;
use tauri::{AppHandle, Manager};

const SOCKET: &str = "shell.sock";
const RAISE: &[u8; 1] = b"R";

/// Answers later starts. Only the holder of the profile lock calls this, so an old socket file is a leftover.
///
/// The profile folder may be entered by its owner only, and so the socket in it.
pub(crate) fn answer(app: AppHandle, profile: &Path) -> std::io::Result<()> {
    let path = profile.join(SOCKET);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    // The folder keeps others out already; the socket's own rights are the umask's.
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    std::thread::Builder::new().name("second-instance".into()).spawn(move || {
        for stream in listener.incoming().flatten() {
            raise(&app, stream);
        }
    })?;
    Ok(())
}

/// Asks the running instance to show its window; whether it heard.
pub(crate) fn ask_first(profile: &Path) -> bool {
    let asked = UnixStream::connect(profile.join(SOCKET)).and_then(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        std::io::Write::write_all(&mut stream, RAISE)?;
        stream.read_exact(&mut [0; 1])
    });
    asked.is_ok()
}

/// Says on the screen that the profile is in use, for the case that the first instance does not answer.
pub(crate) fn explain() {
    if gtk::init().is_err() {
        return;
    }
    let dialog = gtk::MessageDialog::new(
        None::<&gtk::Window>,
        gtk::DialogFlags::empty(),
        gtk::MessageType::Info,
        gtk::ButtonsType::Close,
        "Chartkeep is already running on this profile, but its window does not answer. Nothing was changed.",
    );
    dialog.set_title("Chartkeep");
    dialog.run();
}

fn raise(app: &AppHandle, mut stream: UnixStream) {
    let mut word = [0; 1];
    // A silent caller must not hold the thread.
    let heard = stream.set_read_timeout(Some(Duration::from_secs(1))).and_then(|()| stream.read_exact(&mut word));
    if heard.is_err() || &word != RAISE {
        return;
    }
    let raised = app.get_webview_window(MAIN).is_some_and(|w| window::raise(&w).is_ok());
    if raised {
        let _caller_is_gone = std::io::Write::write_all(&mut stream, RAISE);
    }
    // The caller has left a note before it asked.
    if let Ok(session) = app.state::<Shell>().app() {
        session.hear_second_instance();
    }
}

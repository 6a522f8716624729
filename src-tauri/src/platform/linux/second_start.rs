//! The socket in the profile folder on which the first instance receives requests from later starts.

use std::io::{ErrorKind, Read, Result, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::Duration;

const SOCKET: &str = "shell.sock";
const RAISE: &[u8; 1] = b"R";

/// A later start that asks for the window to be shown.
#[derive(Debug)]
pub(crate) struct SecondStart(UnixStream);

impl SecondStart {
    /// Reports that the window is shown.
    pub(crate) fn confirm(&mut self) {
        let _caller_has_ended = self.0.write_all(RAISE);
    }
}

/// Calls `answer` for every later start, on a thread of its own. Only the holder of the profile lock calls this, so an
/// existing socket file is a leftover.
///
/// Only its owner can enter the profile folder, and therefore connect to the socket.
pub(crate) fn answer_second_starts(profile: &Path, answer: impl Fn(SecondStart) + Send + 'static) -> Result<()> {
    let path = profile.join(SOCKET);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    // The folder already excludes other users; the socket's own rights depend on the umask.
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    std::thread::Builder::new().name("second-instance".into()).spawn(move || {
        listener.incoming().flatten().filter_map(read_request).for_each(answer);
    })?;
    Ok(())
}

fn read_request(mut stream: UnixStream) -> Option<SecondStart> {
    let mut request = [0; 1];
    // A silent caller must not block the thread.
    stream.set_read_timeout(Some(Duration::from_secs(1))).and_then(|()| stream.read_exact(&mut request)).ok()?;
    (&request == RAISE).then_some(SecondStart(stream))
}

/// Asks the instance that runs on `profile` to show its window; returns whether it confirmed.
pub(crate) fn show_first_instance(profile: &Path) -> bool {
    let asked = UnixStream::connect(profile.join(SOCKET)).and_then(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(RAISE)?;
        stream.read_exact(&mut [0; 1])
    });
    asked.is_ok()
}

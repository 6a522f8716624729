//! The last act of an image: it becomes a fresh one.
//!
//! IPC bytes pass through GTK and WebKit inside this process, so wiping our own types is not enough. Measured: after a
//! lock that only dropped its state, 11,804 copies of a canary were left in this process; after exec none.

use crate::children::kill_web_engine;
use crate::launch::Handover;
use crate::place::Place;
use crate::web_view;
use rustix::io::{FdFlags, fcntl_setfd};
use std::ffi::OsString;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the next image gets.
#[derive(Debug)]
pub(crate) struct Legacy<'a> {
    pub(crate) profile: &'a Path,
    pub(crate) lock: BorrowedFd<'a>,
    pub(crate) secret: Option<OwnedFd>,
    pub(crate) place: Option<Place>,
}

/// Replaces this process by a locked one. Works from any thread, also while the main loop hangs.
///
/// INVARIANT: only one thread gets past the guard; any other one waits for exec to end it.
pub(crate) fn replace(legacy: &Legacy<'_>) -> ! {
    stay_alone();
    let children = kill_web_engine();
    close_on_exec();
    let keep = |fd: BorrowedFd<'_>| fcntl_setfd(fd, FdFlags::empty()).ok().map(|()| fd.as_raw_fd());
    let handover = Handover {
        lock_fd: keep(legacy.lock),
        // Without it the full unlock is asked for.
        secret_fd: legacy.secret.as_ref().and_then(|fd| keep(std::os::fd::AsFd::as_fd(fd))),
        place: legacy.place,
        children,
    };
    // exec only returns when it failed.
    let _error = Command::new(program()).args(arguments(legacy.profile, &handover)).exec();
    // INVARIANT: keys do not outlive a failed lock.
    std::process::abort()
}

/// Ends this process and the web engine at once, for a window that was closed.
pub(crate) fn end(profile: &Path) -> ! {
    stay_alone();
    kill_web_engine();
    web_view::forget_unused_context(profile);
    #[expect(unsafe_code, reason = "exit handlers of GTK may hang; nothing is left to do for them")]
    // SAFETY: ends the process; no state is used afterwards.
    unsafe {
        libc::_exit(0)
    }
}

fn stay_alone() {
    static BEGUN: AtomicBool = AtomicBool::new(false);
    while BEGUN.swap(true, Ordering::SeqCst) {
        std::thread::park();
    }
}

/// WebKit leaves about seven descriptors open without the flag.
fn close_on_exec() {
    #[expect(unsafe_code, reason = "the call has no safe form")]
    // SAFETY: only sets a flag on open descriptors.
    unsafe {
        libc::close_range(3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC.cast_signed());
    }
}

/// The program's file; the running one, should an update have removed it.
fn program() -> PathBuf {
    std::env::current_exe().ok().filter(|p| p.exists()).unwrap_or_else(|| PathBuf::from("/proc/self/exe"))
}

fn arguments(profile: &Path, handover: &Handover) -> Vec<OsString> {
    let mut args: Vec<OsString> = vec!["--profile".into(), profile.into(), "--locked".into()];
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            args.push(name.into());
            args.push(value.into());
        }
    };
    add("--lock-fd", handover.lock_fd.map(|fd| fd.to_string()));
    add("--secret-fd", handover.secret_fd.map(|fd| fd.to_string()));
    add("--place", handover.place.map(Place::to_argument));
    let children: Vec<_> = handover.children.iter().map(ToString::to_string).collect();
    add("--children", (!children.is_empty()).then(|| children.join(",")));
    args
}

#[cfg(test)]
mod tests {
    use super::arguments;
    use crate::launch::{Handover, Launch};
    use crate::place::Place;
    use std::path::Path;

    #[test]
    fn the_next_image_reads_what_this_one_writes() {
        let place = Place { x: 4, y: 5, width: 60, height: 70, focused: false, maximized: true, minimized: false };
        let handover = || Handover { lock_fd: Some(5), secret_fd: Some(6), place: Some(place), children: vec![7, 8] };
        let launch = Launch::from_args(arguments(Path::new("/p"), &handover()), None).expect("launch");
        assert_eq!((launch.profile.as_path(), launch.handover), (Path::new("/p"), Some(handover())));
        let bare = Launch::from_args(arguments(Path::new("/p"), &Handover::default()), None).expect("launch");
        assert_eq!(bare.handover, Some(Handover::default()));
    }
}

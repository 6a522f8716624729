//! Replaces this process by exec, which keeps two descriptors open and nothing else.
//!
//! IPC bytes pass through GTK and WebKit inside this process, so wiping our own types is not enough. Measured: after a
//! lock that only dropped its state, 11,804 copies of a known value were left in this process; after exec none.

use super::sealed_memory::SealedMemory;
use crate::launch::Handover;
use keep_hardening::{Direction, InheritedDescriptors};
use keep_session::ProfileLock;
use rustix::io::{FdFlags, fcntl_setfd};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Replaces this process by a locked one that gets `lock`, `resume` and `handover`. Works from any thread, also while
/// the main loop hangs.
pub(crate) fn replace_process(
    profile: &Path,
    lock: &ProfileLock,
    resume: Option<&SealedMemory>,
    handover: Handover,
) -> ! {
    close_on_exec();
    let inherit = |fd: &dyn AsFd| fcntl_setfd(fd.as_fd(), FdFlags::empty()).ok().map(|()| fd.as_fd().as_raw_fd());
    // Without the resume secret the next unlock needs password and code.
    let (lock_fd, secret_fd) = (inherit(lock), resume.and_then(|memory| inherit(memory)));
    let handover = Handover { lock_fd, secret_fd, ..handover };
    // exec returns only if it failed.
    let _error = Command::new(program()).args(handover.to_args(profile)).exec();
    // INVARIANT: keys do not outlive a failed lock.
    std::process::abort()
}

/// What the replaced process handed over; `None` for what is missing or was not open when this process started.
///
/// INVARIANT: called before this process opens a file of its own.
pub(crate) fn take_inherited(handover: &Handover) -> (Option<OwnedFd>, Option<SealedMemory>) {
    let mut open = InheritedDescriptors::find([handover.lock_fd, handover.secret_fd].into_iter().flatten());
    let mut take = |number: Option<i32>| number.and_then(|number| open.adopt(number, Direction::Read).ok());
    (take(handover.lock_fd), take(handover.secret_fd).map(SealedMemory::from))
}

/// Ends this process at once, without the exit handlers of GTK, which may hang.
pub(crate) fn exit_process() -> ! {
    #[expect(unsafe_code, reason = "the call has no safe form")]
    // SAFETY: ends the process; no state is used afterwards.
    unsafe {
        libc::_exit(0)
    }
}

/// Closes every descriptor on exec; WebKit leaves about seven open without the flag.
fn close_on_exec() {
    #[expect(unsafe_code, reason = "the call has no safe form")]
    // SAFETY: only sets a flag on open descriptors.
    unsafe {
        libc::close_range(3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC.cast_signed());
    }
}

/// The program's file; the running one if an update has removed it.
fn program() -> PathBuf {
    std::env::current_exe().ok().filter(|p| p.exists()).unwrap_or_else(|| PathBuf::from("/proc/self/exe"))
}

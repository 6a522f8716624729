//! What a program hides of itself from other programs of the same user, and from a core file.

use crate::command_line::program;
use std::io::{PipeReader, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The user "nobody".
const NOBODY: u32 = 65_534;

/// A full pipe: a writer waits.
pub(crate) fn full_pipe() -> (PipeReader, Stdio) {
    let (reader, mut writer) = std::io::pipe().expect("pipe");
    rustix::io::ioctl_fionbio(&writer, true).expect("no waiting");
    while writer.write(&[b' '; 4096]).is_ok() {}
    while writer.write(b" ").is_ok() {}
    rustix::io::ioctl_fionbio(&writer, false).expect("waiting");
    (reader, writer.into())
}

/// Runs as another user than root, who may read everything: the same for the program and for its reader.
fn as_other_user(command: &mut Command) -> &mut Command {
    if rustix::process::geteuid().is_root() { command.uid(NOBODY).gid(NOBODY) } else { command }
}

/// Starts a program as a user with core files enabled, and waits until it has to say something. `None` where the kernel
/// does not tell what a process waits for.
fn waiting(program: &Path, folder: &Path, argument: &str, held: &mut Option<PipeReader>) -> Option<Child> {
    let (reader, full) = full_pipe();
    *held = Some(reader);
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -c \"$(ulimit -H -c)\"; exec \"$@\"", "sh"]).arg(program).arg(argument);
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(full);
    let mut child = as_other_user(&mut command).spawn().expect("starts");
    for _ in 0..1500 {
        let about = |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", child.id())).unwrap_or_default();
        let name = about("comm");
        let started = program.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.starts_with(name.trim_end()));
        // It writes to standard error: what comes first in `main` has been done.
        if started && !name.is_empty() && about("syscall").starts_with("1 0x2 ") {
            return Some(child);
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    None
}

#[test]
fn no_program_leaves_a_core_file_or_lets_its_user_read_its_memory() {
    for name in ["chartkeep", "chartkeep-desktop", "keep-backend"] {
        let Some(program) = program(name) else { continue };
        let folder = tempfile::tempdir().expect("folder");
        let all = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(folder.path(), all).expect("open to all");
        // The other user must be able to start it.
        let reachable = as_other_user(Command::new("test").arg("-x").arg(&program)).status();
        if !reachable.is_ok_and(|s| s.success()) {
            println!("skipped: {name} is not in reach of another user");
            continue;
        }
        let mut held = None;
        let Some(mut child) = waiting(&program, folder.path(), "--no-such-argument", &mut held) else {
            println!("skipped: this kernel does not say what {name} waits for");
            continue;
        };
        let pid = child.id();
        let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).expect("limits");
        let core = limits.lines().find(|l| l.starts_with("Max core file size")).expect("a limit");
        assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{name}");
        let open = format!("exec 3</proc/{pid}/mem");
        let read = as_other_user(Command::new("sh").args(["-c", &open]).stderr(Stdio::null())).status().expect("sh");
        assert!(!read.success(), "{name}: its user can read its memory");
        let sent = Command::new("sh").args(["-c", &format!("kill -ABRT {pid}")]).status().expect("sh");
        assert!(sent.success());
        let ended = child.wait().expect("ended");
        assert_eq!((ended.signal(), ended.core_dumped()), (Some(6), false), "{name}");
        let left: Vec<_> = std::fs::read_dir(folder.path()).expect("folder").flatten().map(|e| e.file_name()).collect();
        assert!(left.is_empty(), "{name} left {left:?}");
        drop(held);
    }
}

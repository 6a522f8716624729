//! The programs as they are installed, where this build has made them.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program next to this test's own; `None`, with a line that says so, where it was not built. A journey that
/// continuous integration leaves out proves nothing, so there it must be.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let here = std::env::current_exe().expect("this program");
    let found = here.ancestors().skip(1).take(2).map(|f| f.join(name)).find(|p| p.exists());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{name} is not built");
        println!("skipped: {name} is not built; `cargo test --workspace --all-targets` builds it");
    }
    found
}

/// How a program ended: its exit code and the one object that it printed.
pub(crate) struct Ended {
    pub(crate) exit: i32,
    pub(crate) object: Value,
}

/// Runs `chartkeep` with `--json` and no session bus, so that no keychain answers; descriptors 3 and 4 are open and
/// empty.
pub(crate) fn chartkeep(program: &Path, profile: &Path, args: &[&str]) -> Ended {
    let mut command = Command::new("sh");
    command.args(["-c", "exec \"$@\" 3</dev/null 4</dev/null", "sh"]).arg(program);
    command.arg("--json").arg("--profile").arg(profile).args(args).stdin(Stdio::null()).stderr(Stdio::null());
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus").env_remove("DISPLAY");
    let output = command.output().expect("chartkeep runs");
    let object = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    Ended { exit: output.status.code().unwrap_or(-1), object }
}

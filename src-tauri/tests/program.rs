//! The program without a window: how it ends on invalid arguments.

use std::process::{Command, Stdio};

#[test]
fn an_unknown_argument_ends_the_program_before_a_profile_is_created() {
    let folder = tempfile::tempdir().expect("folder");
    let profile = folder.path().join("profile");
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartkeep-desktop"));
    command.arg("--profile").arg(&profile).arg("--no-such-argument").stdin(Stdio::null());
    let ended = command.output().expect("starts");
    let message = String::from_utf8(ended.stderr).expect("text");
    assert_eq!((ended.status.code(), profile.exists()), (Some(2), false), "{message}");
    assert!(message.starts_with("chartkeep: cannot use the argument"), "{message}");
}

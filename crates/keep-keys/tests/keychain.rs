//! The keychain against a real gnome-keyring on a private bus: ready, locked, without a service.
//!
//! Each scenario runs this program again inside `dbus-run-session` with its own home.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test ends where its assumption ends")]

use keep_keys::{DeviceKey, Keychain, KeychainState, KeysError, OsKeychain};
use std::path::Path;
use std::process::Command;

const START: &str = "printf pw | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null; ";
const LOCK: &str = "gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets \
    --method org.freedesktop.Secret.Service.Lock \"['/org/freedesktop/secrets/collection/login']\" >/dev/null; ";

fn installed(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|p| p.join(program).exists()))
}

/// Runs the test `inner` of this program after `prelude`, in a new session.
fn in_session(prelude: &str, inner: &str) {
    if !["dbus-run-session", "gnome-keyring-daemon", "gdbus"].into_iter().all(installed) {
        // The set-up script installs all three; a missing one shows in the log.
        std::io::Write::write_all(&mut std::io::stderr(), b"skipped: no gnome-keyring here\n").unwrap();
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let this = std::env::current_exe().unwrap();
    let script = format!("{prelude}exec \"$1\" --exact {inner} --ignored --nocapture");
    let done = Command::new("dbus-run-session")
        .args(["--", "bash", "-c", &script, "bash"])
        .arg(this)
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("GNOME_KEYRING_CONTROL")
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && output.contains("1 passed"), "{output}{}", String::from_utf8_lossy(&done.stderr));
    end_daemon_of(home.path());
}

/// Ends the daemon that this test started, identified by its home.
fn end_daemon_of(home: &Path) {
    let mine = format!("HOME={}", home.display());
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        let is_mine = environment.split(|b| *b == 0).any(|v| v == mine.as_bytes());
        let name = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
        if is_mine && name.starts_with("gnome-keyring") {
            let pid = entry.file_name();
            Command::new("kill").arg(pid).status().unwrap();
        }
    }
}

#[test]
fn an_unlocked_keyring_stores_a_device_key() {
    in_session(START, "inner_ready");
}

#[test]
fn a_locked_keyring_is_reported_at_once_without_a_prompt() {
    in_session(&format!("{START}\"$1\" --exact inner_put --ignored >/dev/null; {LOCK}"), "inner_locked");
}

#[test]
fn a_session_without_a_keyring_is_absent() {
    in_session("export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent; ", "inner_absent");
}

#[test]
#[ignore = "runs inside the session of another test"]
fn inner_ready() {
    let keychain = OsKeychain::for_profile("clinic-a");
    assert_eq!(keychain.state(), KeychainState::Ready);
    let made = DeviceKey::load_or_make(&keychain, false).unwrap().signer().public();
    let found = DeviceKey::load_or_make(&keychain, true).unwrap().signer().public();
    assert_eq!(made, found);
    assert!(OsKeychain::for_profile("clinic-b").read("device-key").unwrap().is_none(), "profiles do not share");
    keychain.write("device-key", b"other").unwrap();
    assert_eq!(DeviceKey::load(&keychain, true).unwrap_err(), KeysError::KeychainGarbled);
    keychain.delete("device-key").unwrap();
    keychain.delete("device-key").unwrap();
    assert_eq!(DeviceKey::load(&keychain, true).unwrap_err(), KeysError::KeychainKeyMissing);
}

#[test]
#[ignore = "runs inside the session of another test"]
fn inner_put() {
    OsKeychain::for_profile("clinic-a").write("device-key", &[7; 32]).unwrap();
}

#[test]
#[ignore = "runs inside the session of another test"]
fn inner_locked() {
    let keychain = OsKeychain::for_profile("clinic-a");
    assert_eq!(keychain.state(), KeychainState::Locked);
    assert_eq!(keychain.read("device-key").unwrap_err(), KeysError::KeychainLocked);
    assert_eq!(keychain.write("device-key", b"x").unwrap_err(), KeysError::KeychainLocked);
    assert_eq!(DeviceKey::load_or_make(&keychain, false).unwrap_err(), KeysError::KeychainLocked);
}

#[test]
#[ignore = "runs inside the session of another test"]
fn inner_absent() {
    let keychain = OsKeychain::for_profile("clinic-a");
    assert_eq!(keychain.state(), KeychainState::Absent);
    match keychain.read("device-key") {
        Err(KeysError::KeychainAbsent) => {}
        other => panic!("{other:?}"),
    }
}

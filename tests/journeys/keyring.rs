//! `chartkeep` with a real gnome-keyring on a session bus of its own: ready, locked, emptied, gone.

use crate::clinic::Clinic;
use crate::command_line::program;
use crate::terminal::recorded;
use keep_audit::{EventClass, Outcome};
use keep_domain::SystemClock;
use keep_keys::{DEVICE_KEY_ITEM, Keychain, OsKeychain};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// What a script in a session of its own can do: `step` prints one line, its name, how the program ended and what it
/// said.
const WORDS: &str = r#"
printf pw | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null
step() { local name=$1 out code; shift; out=$("$@"); code=$?; echo "{\"step\":\"$name\",\"exit\":$code,\"said\":${out:-null}}"; }
keep() { "$CHARTKEEP" --json --profile "$PROFILE" "$@"; }
period() { echo $((EPOCHSECONDS / 30)); }
code() {
  until [ -s "$PHONE" ]; do read -rt 0.05 <> <(:) || :; done
  period >"$PHONE.period"
  "$SIGN_IN_BACKEND" code --otpauth "$(<"$PHONE")"
}
sync() { keep sync --password-fd 3 --code-fd 4 3<<<"$PASSWORD" 4<<<000000; }
enrol() {
  keep enrol --server "$FHIR" --ca "$SIGN_IN_CA" --workstation "Room 3" --password-fd 3 --otpauth-fd 4 --code-fd 5 \
    3<<<"$PASSWORD" 4>"$PHONE" 5< <(code)
}
inner() { "$THIS" --exact "$1" --ignored --nocapture >&2; }
"#;

/// One keyring in each of its states.
const SCRIPT: &str = r#"
collection() {
  gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets \
    --method "org.freedesktop.Secret.Service.$1" "['/org/freedesktop/secrets/collection/login']" >/dev/null
}
# A number that is not open here means nothing, least of all a file that the program opens itself.
for number in 6 7 8 9; do
  step "not-open-$number" keep enrol --server "$FHIR" --ca "$SIGN_IN_CA" --workstation "Room 3" --password-fd 3 \
    --otpauth-fd $number --code-fd 5 3<<<"$PASSWORD" 5</dev/null
done
step nothing-made [ ! -e "$PROFILE" ]
step enrol enrol
step ready keep doctor
step verified keep audit verify
step code-used sync
step one-period [ "$(<"$PHONE.period")" = "$(period)" ]
collection Lock
step locked-doctor keep doctor
step locked-sync sync
step locked-verify keep audit verify
export DBUS_SESSION_BUS_ADDRESS_KEPT=$DBUS_SESSION_BUS_ADDRESS DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent/bus
step gone-doctor keep doctor
step gone-sync sync
export DBUS_SESSION_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS_KEPT
printf pw | gnome-keyring-daemon --replace --unlock --components=secrets --daemonize >/dev/null
step unlocked-again keep audit verify
sync >&2
step recorded-again inner keyring::inner_keychain_was_locked_and_absent
inner keyring::inner_empties
step emptied-doctor keep doctor
step emptied-sync sync
inner keyring::inner_refills
sync >&2
step recorded-refilled inner keyring::inner_keychain_was_emptied
step refilled keep audit verify
"#;

fn installed(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|p| p.join(program).exists()))
}

/// Runs `script` in a session with a keyring and a clinic of its own, both in `folder`; answers its steps and what the
/// programs complained of. `None` where this machine or build cannot.
pub(crate) fn in_session(folder: &Path, script: &str) -> Option<(Vec<Value>, String)> {
    if !["dbus-run-session", "gnome-keyring-daemon", "gdbus", "curl"].into_iter().all(installed) {
        println!("skipped: no gnome-keyring here; scripts/setup installs it");
        return None;
    }
    let (clinic, chartkeep) = (Clinic::start(folder)?, program("chartkeep")?);
    let home = folder.join("home");
    std::fs::create_dir_all(&home).expect("home");
    let person = clinic.person("jonas");
    let browser = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/browser");
    let done = Command::new("dbus-run-session")
        .args(["--", "bash", "-c", &format!("{WORDS}{script}")])
        .env("HOME", &home)
        .env("XDG_RUNTIME_DIR", &home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("CHARTKEEP", chartkeep)
        .env("THIS", std::env::current_exe().expect("this program"))
        .env("PROFILE", home.join("profile"))
        .env("PHONE", home.join("phone"))
        .env("PASSWORD", "lamp river jonas seventeen")
        .env("FHIR", &clinic.backend.fhir)
        .env("BROWSER", browser)
        .env("SIGN_IN_USER", "jonas")
        .env("SIGN_IN_PASSWORD", &person["password"])
        .env("SIGN_IN_OTPAUTH", &person["otpauth"])
        .env("SIGN_IN_CA", &clinic.backend.ca)
        .env("SIGN_IN_BACKEND", clinic.backend.program())
        .env("SERVER_PID", clinic.backend.pid().to_string())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("GNOME_KEYRING_CONTROL")
        .output()
        .expect("a session bus");
    end_daemons_of(&home);
    let said = String::from_utf8_lossy(&done.stdout);
    let problems = String::from_utf8_lossy(&done.stderr);
    let steps: Vec<Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    Some((steps, problems.into_owned()))
}

#[test]
fn each_state_of_a_real_keyring_is_reported() {
    let folder = tempfile::tempdir().expect("folder");
    let Some((steps, problems)) = in_session(folder.path(), SCRIPT) else { return };
    let said = format!("{steps:?}");
    let step = |name: &str| {
        let found = steps.iter().find(|s| s["step"] == name);
        found.unwrap_or_else(|| panic!("no step {name}: {said}{problems}"))
    };
    let ended = |name: &str| (step(name)["exit"].clone(), step(name)["said"]["code"].clone());
    let keychain = |name: &str| step(name)["said"]["keychain"].clone();
    assert_eq!(ended("enrol"), (json!(0), json!("ok")), "{said}{problems}");
    for number in 6..10 {
        assert_eq!(ended(&format!("not-open-{number}")), (json!(2), json!("invalid")));
    }
    assert_eq!(step("nothing-made")["exit"], 0, "{said}{problems}");
    assert_eq!(keychain("ready"), "ready");
    assert_eq!(ended("verified"), (json!(0), json!("ok")));
    // While its 30 seconds last, the enrolment's code is used; after them a made-up code is a wrong one.
    let later = if step("one-period")["exit"] == 0 { "code_used" } else { "unlock_refused" };
    let (exit, said) = ended("code-used");
    assert_eq!(exit, 3, "{said}");
    assert!(said == "code_used" || said == later, "{said}, not {later}");
    assert_eq!((keychain("locked-doctor"), step("locked-doctor")["exit"].clone()), (json!("locked"), json!(1)));
    assert_eq!(ended("locked-sync"), (json!(4), json!("keychain_locked")));
    assert_eq!(ended("locked-verify"), (json!(4), json!("keychain_locked")));
    assert_eq!((keychain("gone-doctor"), step("gone-doctor")["exit"].clone()), (json!("absent"), json!(1)));
    assert_eq!(ended("gone-sync"), (json!(4), json!("keychain_absent")));
    assert_eq!(ended("unlocked-again"), (json!(0), json!("ok")), "nothing was lost: {said}{problems}");
    assert_eq!(keychain("emptied-doctor"), "key_missing");
    assert_eq!(ended("emptied-sync"), (json!(4), json!("keychain_key_missing")));
    for name in ["recorded-again", "recorded-refilled"] {
        assert_eq!(step(name)["exit"], 0, "{name}: {problems}");
    }
    assert_eq!(ended("refilled"), (json!(0), json!("ok")), "nothing was lost: {problems}");
}

/// The profile of the session that runs this program, and its keychain.
pub(crate) fn around() -> (PathBuf, OsKeychain) {
    let profile = PathBuf::from(std::env::var_os("PROFILE").expect("a profile"));
    let settings = std::fs::read(profile.join("workstation.json")).expect("settings");
    let settings: Value = serde_json::from_slice(&settings).expect("json");
    let keychain = OsKeychain::for_profile(settings["device"].as_str().expect("device"));
    (profile, keychain)
}

/// Takes the key of the profile out of the keyring.
#[test]
#[ignore = "runs inside the session that another test makes"]
fn inner_empties() {
    let (profile, keychain) = around();
    let key = keychain.read(DEVICE_KEY_ITEM).expect("read").expect("a key");
    // EXPOSE: the key of a made-up clinic, put back a moment later.
    std::fs::write(profile.with_extension("key"), key.expose()).expect("written");
    keychain.delete(DEVICE_KEY_ITEM).expect("deleted");
}

/// Puts it back, as a backup of the keyring does.
#[test]
#[ignore = "runs inside the session that another test makes"]
fn inner_refills() {
    let (profile, keychain) = around();
    let key = std::fs::read(profile.with_extension("key")).expect("read");
    keychain.write(DEVICE_KEY_ITEM, &key).expect("written");
}

#[test]
#[ignore = "runs inside the session that another test makes"]
fn inner_keychain_was_locked_and_absent() {
    assert_eq!(keychain_problems(), [Outcome::MinorFailure; 2]);
}

#[test]
#[ignore = "runs inside the session that another test makes"]
fn inner_keychain_was_emptied() {
    assert_eq!(keychain_problems().last(), Some(&Outcome::SeriousFailure));
}

fn keychain_problems() -> Vec<Outcome> {
    let (profile, keychain) = around();
    let events = recorded(&profile, &keychain, Arc::new(SystemClock));
    events.into_iter().filter(|(class, _)| *class == EventClass::KeychainProblem).map(|(_, outcome)| outcome).collect()
}

/// Ends the daemons that this test started, known by their home.
fn end_daemons_of(home: &Path) {
    let mine = format!("HOME={}", home.display());
    for entry in std::fs::read_dir("/proc").expect("proc").flatten() {
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        let name = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
        if environment.split(|b| *b == 0).any(|v| v == mine.as_bytes()) && name.starts_with("gnome-keyring") {
            Command::new("kill").arg(entry.file_name()).status().expect("kill");
        }
    }
}

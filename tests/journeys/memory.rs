//! `chartkeep` holds its keys while it works and nothing of them afterwards: the memory of the real program, with a real
//! keyring and server, searched for every secret of the person who unlocked.

use crate::keyring::{around, in_session};
use crate::unreadable::full_pipe;
use chartkeep_tests::ExtractedKeys;
use keep_domain::{Clock, Secret, SystemClock, UtcMillis};
use keep_keys::{Attempt, DEVICE_KEY_ITEM, FakeKeychain, Keychain, TIME_MARK_ITEM, phone_code};
use keep_session::{Profile, WorkstationSettings};
use memchr::memmem::Finder;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

const SCRIPT: &str = r#"
step enrol enrol
step scan inner memory::inner_scan
"#;

#[test]
fn the_command_line_forgets_every_key_that_it_held() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can read the memory of a hardened program");
        return;
    }
    let folder = tempfile::tempdir().expect("folder");
    let Some((steps, problems)) = in_session(folder.path(), SCRIPT) else { return };
    for name in ["enrol", "scan"] {
        let step = steps.iter().find(|s| s["step"] == name);
        assert!(step.is_some_and(|s| s["exit"] == 0), "{name}: {step:?} {problems}");
    }
}

/// What must not be left, by name.
type Secrets = Vec<(&'static str, Vec<u8>)>;

fn variable(name: &str) -> String {
    std::env::var(name).expect("set by the session")
}

/// The secrets of the one person of `profile`, by their own password and a code, tried on a copy: nothing is used up.
fn secrets_of(profile: &Path, keychain: &dyn Keychain, code: &str) -> Secrets {
    let copy = profile.with_extension("copy");
    let copied = Command::new("cp").arg("-a").args([profile, &copy]).status().expect("cp");
    assert!(copied.success());
    let slots = std::fs::read_dir(profile.join("slots")).expect("slots").flatten();
    let names: Vec<String> = slots.filter_map(|e| e.file_name().into_string().ok()).collect();
    let user = names.iter().find_map(|n| n.strip_suffix(".json")).expect("a slot").to_owned();
    let apart = FakeKeychain::default();
    for item in [DEVICE_KEY_ITEM, TIME_MARK_ITEM, &format!("unlock/{user}")] {
        if let Some(value) = keychain.read(item).expect("keyring") {
            // EXPOSE: copied for a made-up person.
            apart.write(item, value.expose()).expect("copied");
        }
    }
    let device = WorkstationSettings::load(&Profile::at(&copy)).expect("settings").device;
    let password = Secret::new(variable("PASSWORD"));
    let code = Secret::new(code.to_owned());
    let attempt = Attempt { user: user.parse().expect("id"), password: &password, code: &code, entered_time: None };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let keys = ExtractedKeys::open(&copy, &apart, clock, device, |unlocker, time| unlocker.unlock(time, &attempt))
        .expect("keys");
    // EXPOSE: a test searches memory for what a made-up person's password opens.
    let device_key = apart.read(DEVICE_KEY_ITEM).expect("item").expect("key").expose().clone();
    let token = keys.opened.ring.refresh_token().expect("token").expose().clone().into_bytes();
    let mut secrets = vec![
        ("device key", device_key),
        ("master key", keys.opened.keys.master_key_for_tests().to_vec()),
        ("personal key", keys.opened.keys.personal_key().key().to_vec()),
        ("ledger key", keys.device_key.ledger_key().key().to_vec()),
        ("refresh token", token),
        ("password", variable("PASSWORD").into_bytes()),
    ];
    for segment in keys.segments() {
        secrets.push(("segment key", segment.bytes_for_tests().to_vec()));
        secrets.push(("database key", segment.database_key().key().to_vec()));
    }
    let binary = secrets.iter().filter(|(_, s)| s.len() == 32).map(|(name, s)| (*name, hex::encode(s).into_bytes()));
    let hex: Secrets = binary.collect();
    secrets.extend(hex);
    secrets
}

/// The names of the secrets that lie in the writable memory of a process, each as often as it does.
fn scan(pid: u32, secrets: &Secrets) -> Vec<&'static str> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).expect("maps");
    let memory = File::open(format!("/proc/{pid}/mem")).expect("root may read it");
    let mut found = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        if !rights.starts_with("rw") {
            continue;
        }
        let ends: Vec<u64> = range.split('-').filter_map(|n| u64::from_str_radix(n, 16).ok()).collect();
        let [from, to] = ends[..] else { continue };
        let mut bytes = vec![0; usize::try_from(to - from).expect("fits")];
        // Pages that were never touched cannot always be read.
        if memory.read_exact_at(&mut bytes, from).is_err() {
            continue;
        }
        let place = words.nth(3).unwrap_or("anonymous");
        for (name, secret) in secrets {
            for at in Finder::new(secret).find_iter(&bytes) {
                println!("{name} at {:x} in {range} {place}", from + at as u64);
                found.push(*name);
            }
        }
    }
    found
}

fn signal(name: &str, pid: &str) {
    assert!(Command::new("kill").args([name, pid]).status().expect("kill").success());
}

/// Waits until `ready` says so of the process.
fn until(child: &mut Child, what: &str, mut ready: impl FnMut(u32) -> bool) {
    for _ in 0..1500 {
        if ready(child.id()) {
            return;
        }
        assert!(child.try_wait().expect("state").is_none(), "it ended before {what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
    panic!("not {what} after 30 s");
}

#[test]
#[ignore = "runs inside the session that another test makes"]
fn inner_scan() {
    let (profile, keychain) = around();
    let phone = Secret::new(std::fs::read_to_string(variable("PHONE")).expect("phone").trim().to_owned());
    // Each code is good once, so the one of the step after the enrolment is waited for.
    let enrolled: i64 = std::fs::read_to_string(format!("{}.period", variable("PHONE")))
        .ok()
        .and_then(|t| t.trim().parse().ok())
        .expect("a period");
    let mut step = enrolled;
    for _ in 0..2000 {
        step = SystemClock.now().0 / 30_000;
        if step > enrolled {
            break;
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    // EXPOSE: typed for a made-up person.
    let code = phone_code(&phone, UtcMillis(step * 30_000)).expect("a code").expose().clone();
    let secrets = secrets_of(&profile, &keychain, &code);

    let (typed, server) = (profile.with_extension("typed"), variable("SERVER_PID"));
    std::fs::create_dir_all(&typed).expect("folder");
    std::fs::write(typed.join("password"), variable("PASSWORD")).expect("typed");
    std::fs::write(typed.join("code"), &code).expect("typed");
    let (mut answer, full) = full_pipe();
    signal("-STOP", &server);
    let mut child = Command::new("sh")
        .args([
            "-c",
            "exec \"$CHARTKEEP\" --json --profile \"$PROFILE\" sync --password-fd 3 --code-fd 4 3<password 4<code",
        ])
        .current_dir(&typed)
        // The session's own variables are no doing of the program.
        .env_remove("PASSWORD")
        .stdin(Stdio::null())
        .stdout(full)
        .spawn()
        .expect("starts");
    let mut held = Vec::new();
    until(&mut child, "unlocked", |pid| {
        held = scan(pid, &secrets);
        ["device key", "master key", "segment key", "database key", "refresh token"].iter().all(|n| held.contains(n))
    });
    signal("-CONT", &server);
    println!("---- the run continues and ends");
    // It waits until its output is read; its keys are gone by then.
    until(&mut child, "about to answer", |pid| {
        std::fs::read_to_string(format!("/proc/{pid}/syscall")).unwrap_or_default().starts_with("1 0x1 ")
    });
    let left = scan(child.id(), &secrets);
    let mut said = String::new();
    answer.read_to_string(&mut said).expect("answer");
    assert!(child.wait().expect("ended").success(), "{}", said.trim());
    assert_eq!(left, Vec::<&str>::new());
}

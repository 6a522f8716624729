//! `drive`: the session without a window, for kill tests and the bench. Never packaged.
//!
//! Reads one JSON object a line, `{"do": "unlock" | "search" | "open" | "save_vitals" | "save_note" | "sync" | "lock", …}`,
//! and prints one JSON object a line. `{"ack": id}` is printed only after the commit.
//!
//! `drive --profile DIR` uses the operating system's clock and keychain. With `--test-session` it enrols a made-up nurse
//! at its first start and resumes her at every later one, with a keychain in a folder and a weak key derivation; then
//! `{"ready": true}` is its first line, and `{"do": "import", "records": [...]}` stores records as a sync would.
#![expect(clippy::print_stdout, reason = "standard output is this program's interface")]

use chartkeep_tests::TestSession;
use keep_domain::{Secret, SystemClock};
use keep_session::cases::{chart, lock, notes, search, sync, unlock, vitals};
use keep_session::dto::failure::FailureDto;
use keep_session::{ProfileAccess, Workstation, testing};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let asked = (args.next(), args.next(), args.next());
    let (profile, is_test) = match &asked {
        (Some(flag), Some(folder), None) if flag == "--profile" => (PathBuf::from(folder), false),
        (Some(flag), Some(folder), Some(test)) if flag == "--profile" && test == "--test-session" => {
            (PathBuf::from(folder), true)
        }
        _ => {
            say(&json!({"code": "invalid", "use": "drive --profile DIR [--test-session]"}));
            return ExitCode::from(2);
        }
    };
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() else {
        return ExitCode::FAILURE;
    };
    let opened = if is_test {
        TestSession::at(&profile).open(testing::nurse_amara(), runtime.handle().clone(), Arc::new(SystemClock))
    } else {
        Workstation::open(&profile, ProfileAccess::Own, runtime.handle().clone())
    };
    let app = match opened {
        Ok(app) => app,
        Err(failure) => {
            say(&failed(&failure));
            return ExitCode::from(u8::try_from(failure.code.exit_code() as i32).unwrap_or(1));
        }
    };
    if is_test {
        say(&json!({"ready": true}));
    }
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        if line.trim().is_empty() {
            continue;
        }
        let reply = serde_json::from_str::<Value>(&line)
            .map_or_else(|_| json!({"code": "invalid"}), |ask| step(&app, ask).unwrap_or_else(|f| failed(&f)));
        say(&reply);
    }
    app.close();
    ExitCode::SUCCESS
}

fn step(app: &Workstation, mut ask: Value) -> Result<Value, FailureDto> {
    let verb = ask.get("do").and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(map) = ask.as_object_mut() {
        map.remove("do");
    }
    match verb.as_str() {
        "unlock" => reply(&unlock::unlock(app, request(app, ask)?)?),
        "search" => reply(&search::search_patients(app, request(app, ask)?)?),
        "open" => {
            let patient = ask.get("patient").and_then(Value::as_str).unwrap_or_default();
            reply(&chart::open_chart(app, patient)?)
        }
        "save_vitals" => ack(&vitals::save_vitals(app, request(app, ask)?)?),
        "save_note" => ack(&notes::sign_note(app, request(app, ask)?)?),
        "sync" => {
            let r = sync::run_to_end(app)?;
            Ok(
                json!({"pushed": r.pushed, "pulled": r.pulled, "pending": r.pending, "failed": r.rejected, "conflicts": r.conflicts}),
            )
        }
        "import" => {
            let records = ask.get_mut("records").map(Value::take);
            let records: Vec<String> = request(app, records.unwrap_or(Value::Null))?;
            let stored = testing::import(app, records)?.stored;
            Ok(json!({"stored": stored}))
        }
        // Only of use with a test's session: the operating system's keychain has no such sign-in.
        "sign_in" => {
            let token: String = request(app, ask.get_mut("token").map_or(Value::Null, Value::take))?;
            testing::sign_in_again(app, Secret::new(token))?;
            Ok(json!({"signed_in": true}))
        }
        "lock" => {
            lock::lock_session(app, "user");
            Ok(json!({"locked": true}))
        }
        _ => Ok(json!({"code": "invalid"})),
    }
}

fn request<T: DeserializeOwned>(app: &Workstation, ask: Value) -> Result<T, FailureDto> {
    serde_json::from_value(ask).map_err(|_| app.failure(keep_domain::ErrorCode::Invalid))
}

fn reply<T: serde::Serialize>(value: &T) -> Result<Value, FailureDto> {
    Ok(json!({ "reply": serde_json::to_value(value).unwrap_or(Value::Null) }))
}

fn ack(saved: &keep_session::dto::visit::SavedDto) -> Result<Value, FailureDto> {
    Ok(json!({"ack": saved.change_set, "resources": saved.resources}))
}

fn failed(failure: &FailureDto) -> Value {
    serde_json::to_value(failure).unwrap_or(Value::Null)
}

fn say(value: &Value) {
    println!("{value}");
    // A killed reader must not stop the work; the exit code and the files tell the rest.
    let _ = std::io::stdout().flush();
}

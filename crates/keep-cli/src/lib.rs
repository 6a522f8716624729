#![doc = include_str!("../README.md")]

pub mod answer;
pub mod args;
pub mod secret_fd;
mod verbs;
pub mod wording;

use answer::Answer;
use args::{Args, Audit, Verb};
use keep_hardening::InheritedDescriptors;
use keep_session::{Profile, ProfileAccess, Workstation};
use secret_fd::SecretFds;
use serde_json::json;

/// Runs one verb to its end, with the descriptors that the caller had opened when this program began.
#[must_use]
pub fn run(args: Args, callers: InheritedDescriptors) -> Answer {
    // INVARIANT: before a runtime, a file or a thread is opened, so that no number can mean one of those.
    let secrets = match SecretFds::adopt(&args.verb, callers) {
        Ok(secrets) => secrets,
        Err(wrong) => {
            let mut answer = Answer::failed(keep_domain::ErrorCode::Invalid);
            answer.body.insert(String::from("descriptor"), json!(wrong.to_string()));
            return answer;
        }
    };
    let folder = match args.profile.map_or_else(Profile::default_folder, Ok) {
        Ok(folder) => folder,
        Err(_) => return Answer::failed(keep_domain::ErrorCode::Io),
    };
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() else {
        return Answer::failed(keep_domain::ErrorCode::Internal);
    };
    let opening = if matches!(args.verb, Verb::Doctor | Verb::Audit(Audit::Verify { .. })) {
        ProfileAccess::Look
    } else {
        ProfileAccess::Own
    };
    let app = match Workstation::open(&folder, opening, runtime.handle().clone()) {
        Ok(app) => app,
        Err(failure) => return Answer::failure(&failure),
    };
    let answer = run_on(&app, args.verb, secrets);
    app.close();
    answer
}

/// Runs one verb on a profile that the caller has opened, and closes.
#[must_use]
pub fn run_on(app: &Workstation, verb: Verb, secrets: SecretFds) -> Answer {
    match verb {
        Verb::Doctor => verbs::doctor::run(app),
        Verb::Enrol(enrol) => verbs::enrol::run(app, &enrol, secrets),
        Verb::Sync(sync) => verbs::sync::run(app, &sync, secrets),
        Verb::Audit(Audit::Verify { ledger }) => verbs::audit::run(app, ledger.as_deref()),
        Verb::Audit(Audit::SignOff(sign_off)) => verbs::audit::sign_off(app, sign_off, secrets),
        Verb::Import(import) => verbs::import::run(app, &import, secrets),
        Verb::Grant(unlock) => verbs::grant::run(app, &unlock, secrets),
        Verb::Trust(trust) => verbs::trust::run(app, &trust, secrets),
    }
}

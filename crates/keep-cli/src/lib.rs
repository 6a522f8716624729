#![doc = include_str!("../README.md")]

pub mod answer;
pub mod args;
pub mod secret_fd;
mod verbs;
pub mod wording;

use answer::Answer;
use args::{Args, Audit, Verb};
use keep_session::{App, Opening, Profile};

/// Runs one verb to its end.
#[must_use]
pub fn run(args: Args) -> Answer {
    let folder = match args.profile.map_or_else(Profile::default_folder, Ok) {
        Ok(folder) => folder,
        Err(_) => return Answer::failed(keep_domain::ErrorCode::Io),
    };
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() else {
        return Answer::failed(keep_domain::ErrorCode::Internal);
    };
    let opening = if matches!(args.verb, Verb::Doctor | Verb::Audit(_)) { Opening::Look } else { Opening::Own };
    let app = match App::open(&folder, opening, runtime.handle().clone()) {
        Ok(app) => app,
        Err(failure) => return Answer::failure(&failure),
    };
    let answer = run_on(&app, args.verb);
    app.close();
    answer
}

/// Runs one verb on a profile that the caller has opened, and closes.
#[must_use]
pub fn run_on(app: &App, verb: Verb) -> Answer {
    match verb {
        Verb::Doctor => verbs::doctor::run(app),
        Verb::Enrol(enrol) => verbs::enrol::run(app, &enrol),
        Verb::Sync(unlock) => verbs::sync::run(app, &unlock),
        Verb::Audit(Audit::Verify { ledger }) => verbs::audit::run(app, ledger.as_deref()),
        Verb::Import(import) => verbs::import::run(app, &import),
        Verb::Grant(unlock) => verbs::grant::run(app, &unlock),
        Verb::Trust(trust) => verbs::trust::run(app, &trust),
    }
}

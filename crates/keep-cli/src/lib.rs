#![doc = include_str!("../README.md")]

pub mod args;
pub mod messages;
pub mod report;
pub mod secret_fd;
pub mod status;
mod verbs;

use args::{Args, Audit, Verb};
use keep_domain::ErrorCode;
use keep_hardening::InheritedDescriptors;
use keep_session::{Profile, ProfileAccess, Workstation};
use report::Report;
use secret_fd::SecretFds;
use serde_json::json;

/// Runs one verb with the descriptors that were open when this program started.
#[must_use]
pub fn run(args: Args, inherited: InheritedDescriptors) -> Report {
    try_run(args, inherited).unwrap_or_else(|failed| failed)
}

fn try_run(mut args: Args, inherited: InheritedDescriptors) -> Result<Report, Report> {
    // INVARIANT: before a runtime, a file or a thread is opened, so that no number can name one of those.
    let secrets = SecretFds::adopt(&args.verb, inherited)
        .map_err(|error| Report::failed(ErrorCode::Invalid, json!({ "descriptor": error.to_string() })))?;
    if let Verb::Site(site) = args.verb {
        return verbs::site::run(site);
    }
    if let Verb::Doctor(doctor) = args.verb {
        if doctor.is_about_server() {
            let runtime = make_runtime()?;
            return verbs::server_check::run(doctor, runtime.handle());
        }
        args.verb = Verb::Doctor(doctor);
    }
    let folder = args.profile.map_or_else(Profile::default_folder, Ok).map_err(|_| ErrorCode::Io)?;
    let runtime = make_runtime()?;
    let reads_only = matches!(args.verb, Verb::Doctor(_) | Verb::Audit(Audit::Verify { .. }));
    let access = if reads_only { ProfileAccess::Look } else { ProfileAccess::Own };
    let workstation = Workstation::open(&folder, access, runtime.handle().clone())?;
    let report = run_on(&workstation, args.verb, secrets);
    workstation.close();
    Ok(report)
}

fn make_runtime() -> Result<tokio::runtime::Runtime, Report> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).enable_all().build().map_err(|_| ErrorCode::Internal.into())
}

/// Runs one verb on a profile that the caller opens and closes.
#[must_use]
pub fn run_on(workstation: &Workstation, verb: Verb, secrets: SecretFds) -> Report {
    let report = match verb {
        Verb::Doctor(_) => verbs::doctor::run(workstation),
        Verb::Enrol(enrol) => verbs::enrol::run(workstation, &enrol, secrets),
        Verb::Sync(sync) => verbs::sync::run(workstation, &sync, secrets),
        Verb::Audit(Audit::Verify { ledger }) => verbs::audit::verify(workstation, ledger.as_deref()),
        Verb::Audit(Audit::SignOff(sign_off)) => verbs::audit::sign_off(workstation, sign_off, secrets),
        Verb::Import(import) => verbs::import::run(workstation, &import, secrets),
        Verb::Export(export) => verbs::export::run(workstation, &export, secrets),
        Verb::Grant(unlock) => verbs::unlocked::grant(workstation, &unlock, secrets),
        Verb::Trust(trust) => verbs::unlocked::trust(workstation, &trust, secrets),
        Verb::Site(site) => verbs::site::run(site),
    };
    report.unwrap_or_else(|failed| failed)
}

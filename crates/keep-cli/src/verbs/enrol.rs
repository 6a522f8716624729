//! `chartkeep enrol`.

use crate::args::{Enrol, SignIn};
use crate::messages::sign_in_problem;
use crate::report::Report;
use crate::secret_fd::{self, SecretFds};
use keep_domain::ErrorCode;
use keep_session::cases::enrol::{self, Setting};
use keep_session::dto::enrol::{EnrolBeginDto, EnrolCodeDto, EnrolPasswordDto, EnrolStateDto, SignInProblemDto};
use keep_session::{SignInSettings, Workstation};
use serde_json::{Value, json};

fn sign_in(args: &SignIn) -> SignInSettings {
    let mut settings = SignInSettings {
        issuer: args.issuer.clone(),
        audience: args.audience.clone(),
        scopes: args.scopes.clone(),
        acr: args.acr.clone(),
        without_second_factor: args.without_second_factor,
        ..SignInSettings::default()
    };
    if let Some(claim) = &args.roles_claim {
        settings.roles.claim.clone_from(claim);
    }
    if let Some(token) = args.roles_from {
        settings.roles.from = token;
    }
    settings.roles.names.extend(args.roles.iter().cloned());
    settings
}

/// A failed sign-in, with what came, what was expected and who can mend it.
pub(crate) fn refusal(code: ErrorCode, problem: Option<&SignInProblemDto>) -> Report {
    let mut report = Report::from(code);
    if let Some(problem) = problem {
        report.body.insert(String::from("reason"), Value::String(sign_in_problem(problem)));
        report.body.insert(String::from("problem"), json!(problem));
    }
    report
}

/// Enrols one user; the sign-in happens in the browser that `$BROWSER` names.
pub(crate) fn run(workstation: &Workstation, args: &Enrol, secrets: SecretFds) -> Result<Report, Report> {
    let password = secret_fd::read(secrets.password)?;
    let setting = Setting {
        ca_file: args.ca.clone(),
        demo: args.demo,
        site: args.site.clone().map(|file| (file, args.site_fingerprint.clone())),
        client_id: args.sign_in.client_id.clone(),
        sign_in: sign_in(&args.sign_in),
    };
    let begin = EnrolBeginDto { server: Some(args.server.clone()), workstation: Some(args.workstation.clone()) };
    enrol::begin_with(workstation, begin, setting)?;
    let name = match enrol::wait_for_browser(workstation).map_err(|f| f.code)? {
        EnrolStateDto::Password { name, .. } => name,
        EnrolStateDto::Failed { code, problem } => return Err(refusal(code, problem.as_ref())),
        _ => return Err(ErrorCode::SignInFailed.into()),
    };
    // EXPOSE: passed to the one call that derives keys from it.
    let request = EnrolPasswordDto { password: password.expose().clone() };
    enrol::enrol_password(workstation, request).map_err(|f| f.code)?;
    let uri = enrol::otpauth(workstation).map_err(|f| f.code)?;
    secret_fd::write_once(secrets.otpauth, &uri)?;
    let code = secret_fd::read(secrets.code)?;
    // EXPOSE: the code is used up by this call.
    let request = EnrolCodeDto { code: code.expose().clone(), phone_time: args.phone_time.clone() };
    match enrol::enrol_code(workstation, request).map_err(|f| f.code)? {
        EnrolStateDto::Done { user, waiting_for_grant, set_aside } => {
            let mut report = Report::ok(json!({"user": user, "name": name, "waiting_for_grant": waiting_for_grant}));
            if !set_aside.is_empty() {
                report.body.insert(String::from("set_aside"), json!(set_aside));
            }
            Ok(report)
        }
        EnrolStateDto::Failed { code, problem } => Err(refusal(code, problem.as_ref())),
        _ => Err(ErrorCode::UnlockRefused.into()),
    }
}

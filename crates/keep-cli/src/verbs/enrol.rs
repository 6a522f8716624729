//! `chartkeep enrol`.

use crate::args::Enrol;
use crate::report::Report;
use crate::secret_fd::{self, SecretFds};
use keep_domain::ErrorCode;
use keep_session::Workstation;
use keep_session::cases::enrol::{self, Setting};
use keep_session::dto::enrol::{EnrolBeginDto, EnrolCodeDto, EnrolPasswordDto, EnrolStateDto};
use serde_json::json;

/// Enrols one user; the sign-in happens in the browser that `$BROWSER` names.
pub(crate) fn run(workstation: &Workstation, args: &Enrol, secrets: SecretFds) -> Result<Report, Report> {
    let password = secret_fd::read(secrets.password)?;
    let setting = Setting { ca_file: args.ca.clone(), demo: args.demo };
    let begin = EnrolBeginDto { server: Some(args.server.clone()), workstation: Some(args.workstation.clone()) };
    enrol::begin_with(workstation, begin, setting).map_err(|f| f.code)?;
    let name = match enrol::wait_for_browser(workstation).map_err(|f| f.code)? {
        EnrolStateDto::Password { name, .. } => name,
        EnrolStateDto::Failed { code } => return Err(code.into()),
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
        EnrolStateDto::Failed { code } => Err(code.into()),
        _ => Err(ErrorCode::UnlockRefused.into()),
    }
}

//! `chartkeep enrol`.

use crate::answer::Answer;
use crate::args::Enrol;
use crate::secret_fd::{self, SecretFds};
use keep_domain::ErrorCode;
use keep_session::Workstation;
use keep_session::cases::enrol::{self, Setting};
use keep_session::dto::enrol::{EnrolBeginDto, EnrolCodeDto, EnrolPasswordDto, EnrolStateDto};
use serde_json::json;

/// Enrols one person; the sign-in happens in the browser that `$BROWSER` names.
pub(crate) fn run(app: &Workstation, ask: &Enrol, secrets: SecretFds) -> Answer {
    match enrol(app, ask, secrets) {
        Ok(answer) => answer,
        Err(code) => Answer::failed(code),
    }
}

fn enrol(app: &Workstation, ask: &Enrol, secrets: SecretFds) -> Result<Answer, ErrorCode> {
    let password = secret_fd::read(secrets.password)?;
    let setting = Setting { ca_file: ask.ca.clone(), demo: ask.demo };
    let begin = EnrolBeginDto { server: ask.server.clone(), workstation: ask.workstation.clone() };
    enrol::begin_with(app, begin, setting).map_err(|f| f.code)?;
    let name = match enrol::wait_for_browser(app).map_err(|f| f.code)? {
        EnrolStateDto::Password { name, .. } => name,
        EnrolStateDto::Failed { code } => return Err(code),
        _ => return Err(ErrorCode::SignInFailed),
    };
    // EXPOSE: handed to the one call that derives keys from it.
    let request = EnrolPasswordDto { password: password.expose().clone() };
    enrol::enrol_password(app, request).map_err(|f| f.code)?;
    let uri = enrol::otpauth(app).map_err(|f| f.code)?;
    secret_fd::write_once(secrets.otpauth, &uri)?;
    let code = secret_fd::read(secrets.code)?;
    // EXPOSE: the code is used up by this call.
    let request = EnrolCodeDto { code: code.expose().clone(), phone_time: ask.phone_time.clone() };
    let done = enrol::enrol_code(app, request).map_err(|f| f.code)?;
    match done {
        EnrolStateDto::Done { user, waiting_for_grant, set_aside } => {
            let mut body = json!({"user": user, "name": name, "waiting_for_grant": waiting_for_grant});
            if let (false, Some(members)) = (set_aside.is_empty(), body.as_object_mut()) {
                members.insert(String::from("set_aside"), json!(set_aside));
            }
            Ok(Answer::ok(body))
        }
        EnrolStateDto::Failed { code } => Err(code),
        _ => Err(ErrorCode::UnlockRefused),
    }
}

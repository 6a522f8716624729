//! The first sync of a workstation: a real enrolment against a real server, then everything comes.

use crate::records::Loaded;
use crate::report::Row;
use crate::timing::{rate, timed};
use chartkeep_tests::Backend;
use keep_domain::{Clock, ErrorCode, SystemClock};
use keep_keys::{FakeKeychain, Keychain, phone_code};
use keep_session::Workstation;
use keep_session::cases::enrol::{self, Setting};
use keep_session::cases::sync;
use keep_session::dto::enrol::{EnrolBeginDto, EnrolCodeDto, EnrolPasswordDto, EnrolStateDto};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// The programs that take part.
pub(crate) struct Programs {
    pub(crate) backend: PathBuf,
    pub(crate) browser: PathBuf,
}

pub(crate) fn measure(
    programs: &Programs,
    loaded: &Loaded,
    store_rate: f64,
    scratch: &Path,
    runtime: &Runtime,
    rows: &mut Vec<Row>,
) {
    println!("the server loads the same records ...");
    let load = [OsStr::new("--load"), loaded.data.as_os_str()];
    let server = Backend::start(&programs.backend, scratch, &load);
    let people = server.people();
    let doctor = people.iter().find(|p| p["role"] == "physician").expect("a physician");

    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let keychain: Arc<dyn Keychain> = Arc::new(FakeKeychain::default());
    let opened = Workstation::open_for_test(
        &scratch.join("first"),
        keep_session::ProfileAccess::Own,
        runtime.handle().clone(),
        clock,
        keychain,
    );
    let app = opened.map_err(|f| f.code).expect("opened");
    sign_in(&app, &server, doctor, programs);
    let (end, took) = timed(|| {
        loop {
            match sync::run_to_end(&app).map_err(|f| f.code) {
                // The enrolment may have started one of its own.
                Err(ErrorCode::Stale) => std::thread::park_timeout(Duration::from_millis(20)),
                other => break other.expect("synced"),
            }
        }
    });
    app.close();
    let ours = rate(end.pulled, took);
    rows.push(Row {
        baseline_is: "plain SQLite loading the same records from a file, without a network",
        over: format!(
            "{} of {} records in {:.1} s over TLS from keep-backend on the same machine, {:.1} MB received; a \
             physician's session asks for no claims",
            end.pulled,
            loaded.count,
            took.as_secs_f64(),
            rate(end.bytes_down, Duration::from_secs(1_000_000))
        ),
        target: ">= 5000 /s",
        met: Some(ours >= 5000.0),
        ..Row::of_rates("first_sync", ours, Some(store_rate), loaded.plain_rate)
    });
}

fn sign_in(app: &Workstation, server: &Backend, doctor: &BTreeMap<String, String>, programs: &Programs) {
    let ask = EnrolBeginDto { server: Some(server.fhir.clone()), workstation: Some(String::from("Bench")) };
    let setting = Setting { ca_file: Some(server.ca.clone()), demo: true, ..Setting::default() };
    let begun = enrol::begin_with(app, ask, setting).map_err(|f| f.code).expect("begun");
    let EnrolStateDto::Browser { address } = begun else { unreachable!("a browser is asked for") };
    let browsed = Command::new(&programs.browser)
        .arg(address)
        .env("SIGN_IN_USER", &doctor["user"])
        .env("SIGN_IN_PASSWORD", &doctor["password"])
        .env("SIGN_IN_OTPAUTH", &doctor["otpauth"])
        .env("SIGN_IN_CA", &server.ca)
        .env("SIGN_IN_BACKEND", &programs.backend)
        .status();
    assert!(browsed.expect("browser").success(), "signed in");
    enrol::wait_for_browser(app).map_err(|f| f.code).expect("came back");
    let password = EnrolPasswordDto { password: String::from("bench keeps charts") };
    enrol::enrol_password(app, password).map_err(|f| f.code).expect("password");
    let phone = enrol::otpauth(app).map_err(|f| f.code).expect("phone");
    let code = phone_code(&phone, SystemClock.now()).expect("code");
    // EXPOSE: the made-up physician types the code.
    let code = EnrolCodeDto { code: code.expose().clone(), phone_time: None };
    enrol::enrol_code(app, code).map_err(|f| f.code).expect("enrolled");
}

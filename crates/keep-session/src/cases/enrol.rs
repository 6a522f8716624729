//! Enrolment: clinic sign-in in the browser, workstation password, workstation code.

use crate::authority_file::AuthorityFile;
use crate::cases::unlock::phone_time;
use crate::dto::enrol::{EnrolBeginDto, EnrolCodeDto, EnrolPasswordDto, EnrolStateDto};
use crate::dto::failure::{FailureDto, FieldReasonDto};
use crate::error::SessionError;
use crate::lease::name_statement;
use crate::session_start::{SessionOrigin, start_session};
use crate::settings::sign_in::SignInSettings;
use crate::site_trust;
use crate::state::acquire;
use crate::state::session::LockEpoch;
use crate::state::sign_in::{BrowserSignIn, Enrolling, HALF_FINISHED, Person};
use crate::view::words::some;
use crate::workstation::Workstation;
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_domain::{ErrorCode, Secret, UserId, UtcMillis};
use keep_keys::{Enrolment, EnrolmentInput, KdfParams, KeysError, check_password};
use keep_store::{personal_path, set_aside};
use keep_sync::{SignedIn, SyncError};
use qrcodegen::{QrCode, QrCodeEcc};
use std::path::PathBuf;

/// Options that only IT sets, at the first enrolment of a profile.
#[derive(Debug, Default)]
pub struct Setting {
    /// A PEM file of certificate authorities to trust in addition to the system's.
    pub ca_file: Option<PathBuf>,
    /// Marks the profile permanently as demo data.
    pub demo: bool,
    /// The signed site file, and the fingerprint of its key as IT gave it.
    pub site: Option<(PathBuf, Option<String>)>,
    /// The OAuth client id, where no site file gives it.
    pub client_id: Option<String>,
    /// How to sign in, where no site file says it.
    pub sign_in: SignInSettings,
}

/// The state of the enrolment.
///
/// # Errors
/// None at present; the state itself says what failed.
pub fn enrol_state(workstation: &Workstation) -> Result<EnrolStateDto, FailureDto> {
    Ok(describe(workstation))
}

/// Starts an enrolment and opens the browser.
///
/// # Errors
/// `invalid` for an unacceptable address or an empty workstation name, and the errors of the keychain and the server.
pub fn enrol_begin(workstation: &Workstation, request: EnrolBeginDto) -> Result<EnrolStateDto, FailureDto> {
    begin_with(workstation, request, Setting::default())
}

/// As [`enrol_begin`], with the options of IT.
///
/// # Errors
/// As [`enrol_begin`].
pub fn begin_with(
    workstation: &Workstation,
    request: EnrolBeginDto,
    setting: Setting,
) -> Result<EnrolStateDto, FailureDto> {
    start(workstation, &request, setting).map_err(SessionError::into_dto)?;
    Ok(describe(workstation))
}

fn start(workstation: &Workstation, request: &EnrolBeginDto, setting: Setting) -> Result<(), SessionError> {
    refuse_if_open(workstation)?;
    cancel(workstation);
    keep_settings(workstation, request, setting)?;
    // The keychain is checked before the user is sent to the browser.
    workstation.device_or_make()?;
    let server = workstation.open_server(None)?;
    let kdf = KdfParams::calibrate(&*workstation.0.device.clock)?;
    let enrolment = Enrolment::begin(workstation.settings().device, kdf)?;
    let nonce = enrolment.nonce();
    let pending = workstation.0.runtime.block_on(server.open_sign_in(&nonce))?;
    let waiting = workstation.clone();
    // Locked until the state is set, so that an early outcome finds it.
    let mut held = acquire(&workstation.0.sign_in.enrolling);
    *held = Enrolling::Browser(BrowserSignIn::start(&workstation.0.runtime, pending, move |id, outcome| {
        take_outcome(&waiting, id, outcome, enrolment);
    }));
    Ok(())
}

/// INVARIANT: no step of an enrolment happens while a session is open: it would end in a second session.
fn refuse_if_open(workstation: &Workstation) -> Result<(), SessionError> {
    if workstation.is_open() { Err(SessionError::of(ErrorCode::Refused)) } else { Ok(()) }
}

fn take_outcome(workstation: &Workstation, id: u64, outcome: Result<SignedIn, SyncError>, enrolment: Enrolment) {
    let mut held = acquire(&workstation.0.sign_in.enrolling);
    // The user may have cancelled and started again meanwhile.
    if !matches!(&*held, Enrolling::Browser(browser) if browser.is(id)) {
        return;
    }
    let now = workstation.0.device.clock.monotonic();
    let signed_in = workstation.with_a_role(outcome);
    let failed = signed_in.as_ref().err().map(|failed| failed.code);
    *held = match signed_in {
        Ok(signed_in) => Enrolling::Password(Box::new(Person::signed_in(enrolment, signed_in, now))),
        Err(failed) => Enrolling::Failed(failed),
    };
    drop(held);
    forget_later(workstation);
    if let Some(code) = failed {
        let event = EventDraft::new(EventClass::SignInFailed).ended(Outcome::MinorFailure).with("code", code);
        workstation.record(event);
    }
}

fn keep_settings(workstation: &Workstation, request: &EnrolBeginDto, setting: Setting) -> Result<(), SessionError> {
    let known = workstation.settings().clone();
    let typed = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_owned();
    let (server, name) = (typed(&request.server), typed(&request.workstation));
    let mut fields = Vec::new();
    if known.server.is_empty() && server.is_empty() && setting.site.is_none() {
        fields.push(("server", FieldReasonDto::Missing));
    }
    if known.name.is_empty() && name.is_empty() {
        fields.push(("workstation", FieldReasonDto::Missing));
    }
    if !fields.is_empty() {
        return Err(SessionError::fields(fields));
    }
    let first = !workstation.0.device.slots.exist()?;
    if first {
        site_trust::check_enrolment(setting.site.is_some())?;
    }
    let site = setting.site.as_ref().map(|(path, typed)| site_trust::load(path, typed.as_deref())).transpose()?;
    // The sign-in that follows uses exactly what is sealed here.
    let authorities = setting.ca_file.as_deref().map(AuthorityFile::read).transpose()?;
    workstation.change_settings(|w| {
        // INVARIANT: after the first enrolment the profile never changes its server.
        if first {
            if !server.is_empty() {
                w.server = server;
            }
            if let Some(client_id) = setting.client_id {
                w.client_id = client_id;
            }
            w.set_sign_in(setting.sign_in);
            if let Some((signed, site)) = site {
                w.take_site(signed, site);
            }
            if let Some(file) = authorities {
                w.ca_file = setting.ca_file;
                w.seal_authority_file(file.sha256());
            }
            w.demo |= setting.demo;
        }
        if w.name.is_empty() {
            w.name = name;
        }
    })
}

/// Blocks until the browser has come back, failed or timed out. For the command line.
///
/// # Errors
/// None at present.
pub fn wait_for_browser(workstation: &Workstation) -> Result<EnrolStateDto, FailureDto> {
    Ok(workstation.poll_while(|| describe(workstation), |state| matches!(state, EnrolStateDto::Browser { .. })))
}

/// Accepts the workstation password.
///
/// # Errors
/// `invalid` for a short password, `refused` while a session is open, `stale` when no password is expected.
pub fn enrol_password(workstation: &Workstation, request: EnrolPasswordDto) -> Result<EnrolStateDto, FailureDto> {
    let password = Secret::new(request.password);
    refuse_if_open(workstation).map_err(SessionError::into_dto)?;
    forget_stale(workstation);
    let policy = workstation.settings().policy.clone();
    if check_password(&password, &policy).is_err() {
        return Err(SessionError::field("password", FieldReasonDto::TooShort).into_dto());
    }
    let mut held = acquire(&workstation.0.sign_in.enrolling);
    match std::mem::take(&mut *held) {
        Enrolling::Password(mut person) => {
            person.since = workstation.0.device.clock.monotonic();
            *held = Enrolling::Code(person, password);
        }
        other => {
            *held = other;
            return Err(SessionError::of(ErrorCode::Stale).into_dto());
        }
    }
    drop(held);
    forget_later(workstation);
    Ok(describe(workstation))
}

/// The otpauth URI of the seed, for a caller that shows it itself.
///
/// # Errors
/// `stale` when there is none.
pub fn otpauth(workstation: &Workstation) -> Result<Secret<String>, FailureDto> {
    let held = acquire(&workstation.0.sign_in.enrolling);
    let Enrolling::Code(person, _) = &*held else { return Err(SessionError::of(ErrorCode::Stale).into_dto()) };
    uri(workstation, person).map_err(SessionError::into_dto)
}

fn uri(workstation: &Workstation, person: &Person) -> Result<Secret<String>, SessionError> {
    Ok(person.enrolment.otpauth_uri(&person.claims.name, &workstation.settings().name)?)
}

/// Accepts a code of the new seed, writes the slot and unlocks.
///
/// # Errors
/// `invalid` for a wrong code, after which the user may try again; `refused` while a session is open; the errors of
/// the keychain and the files.
pub fn enrol_code(workstation: &Workstation, request: EnrolCodeDto) -> Result<EnrolStateDto, FailureDto> {
    let phone = phone_time(request.phone_time.as_deref()).map_err(SessionError::into_dto)?;
    finish(workstation, &Secret::new(request.code), phone).map_err(SessionError::into_dto)?;
    Ok(describe(workstation))
}

fn finish(workstation: &Workstation, code: &Secret<String>, phone: Option<UtcMillis>) -> Result<(), SessionError> {
    let began = workstation.0.session.lock_epoch();
    refuse_if_open(workstation)?;
    forget_stale(workstation);
    let mut held = acquire(&workstation.0.sign_in.enrolling);
    let Enrolling::Code(person, _) = &*held else { return Err(ErrorCode::Stale.into()) };
    let confirmed = workstation.with_time(|time| match phone {
        None => person.enrolment.confirm_code(code, time),
        Some(phone) => person.enrolment.confirm_code_at(code, time, phone),
    })?;
    let confirmed = confirmed.map_err(|error| match error {
        KeysError::ClockWrong => SessionError::of(ErrorCode::ClockWrong),
        _ => SessionError::field("code", FieldReasonDto::Wrong),
    })?;
    let Enrolling::Code(person, password) = std::mem::take(&mut *held) else {
        return Err(ErrorCode::Internal.into());
    };
    drop(held);
    let (next, ended) = match write_slot(workstation, *person, &password, confirmed, began) {
        Ok(done) => (done, Ok(())),
        Err(error) => (Enrolling::Failed(error.code.into()), Err(error)),
    };
    *acquire(&workstation.0.sign_in.enrolling) = next;
    ended
}

fn write_slot(
    workstation: &Workstation,
    person: Person,
    password: &Secret<String>,
    confirmed: keep_keys::ConfirmedCode,
    began: LockEpoch,
) -> Result<Enrolling, SessionError> {
    let Person { enrolment, claims, statement, refresh, .. } = person;
    let slot_claims = workstation.slot_claims(&claims, enrolment.nonce());
    let lease = workstation.lease_of(&claims);
    let input = EnrolmentInput {
        claims: &slot_claims,
        statement,
        lease: lease.clone(),
        refresh_token: refresh,
        password,
        confirmed,
    };
    let device = workstation.device_or_make()?;
    workstation.seal_settings()?;
    let mut set_aside = make_way(workstation, UserId::of(&claims.issuer, &claims.subject))?;
    let opened =
        workstation.with_slot_unlocker(|unlocker, time| enrolment.finish(unlocker, &device.device_key, time, input))?;
    set_aside.extend(opened.findings.set_aside.iter().cloned());
    let user = opened.header.user;
    let actor = keep_audit::Actor::new(user, opened.header.role);
    if !set_aside.is_empty() {
        let event = EventDraft::new(EventClass::IntegrityFinding).by(actor.clone()).ended(Outcome::MinorFailure);
        workstation.record(event.with("finding", "slot_set_aside").with("slot", user).with("count", set_aside.len()));
    }
    workstation.record(name_statement(EventDraft::new(EventClass::SignIn), &lease).by(actor.clone()));
    workstation.record(EventDraft::new(EventClass::Enrol).by(actor));
    start_session(workstation, opened, SessionOrigin::Enrolment, began)?;
    let waiting =
        workstation.try_session(|u| u.store.is_none() && u.role.rank() != keep_domain::Rank::NONE).unwrap_or(false);
    if workstation.0.sync.automatic {
        // The window returns to the lock screen; no session may stay open behind it.
        crate::cases::lock::lock_session(workstation, "enrolled");
    }
    Ok(Enrolling::Done { user: user.to_string(), waiting_for_grant: waiting, set_aside })
}

/// Prepares a new slot for a user whose old one is damaged: colleagues grant the keys again, and the file of drafts,
/// whose key is lost, is set aside. Returns the new name of that file.
fn make_way(workstation: &Workstation, user: UserId) -> Result<Vec<String>, SessionError> {
    if !workstation.with_slot_unlocker(|unlocker, _| unlocker.is_damaged(user))? {
        return Ok(Vec::new());
    }
    workstation.change_settings(|w| w.holders.forget(user))?;
    let personal = personal_path(workstation.0.device.profile.root(), user);
    if !personal.exists() {
        return Ok(Vec::new());
    }
    let target = set_aside(&personal, workstation.trusted_now()?)?;
    Ok(target.file_name().map(|n| n.to_string_lossy().into_owned()).into_iter().collect())
}

/// Cancels the enrolment.
///
/// # Errors
/// None at present.
pub fn enrol_cancel(workstation: &Workstation) -> Result<EnrolStateDto, FailureDto> {
    cancel(workstation);
    Ok(describe(workstation))
}

fn cancel(workstation: &Workstation) {
    let before = std::mem::take(&mut *acquire(&workstation.0.sign_in.enrolling));
    if let Enrolling::Browser(browser) = before {
        browser.cancel();
    }
}

/// Wipes an abandoned enrolment, so that its password, seed and tokens do not wait for the next user.
pub(crate) fn forget_stale(workstation: &Workstation) {
    let now = workstation.0.device.clock.monotonic();
    let mut held = acquire(&workstation.0.sign_in.enrolling);
    if let Enrolling::Password(person) | Enrolling::Code(person, _) = &*held
        && person.is_stale(now)
    {
        *held = Enrolling::Failed(ErrorCode::SignInNeeded.into());
    }
}

/// Wipes an abandoned enrolment when its time is over.
fn forget_later(workstation: &Workstation) {
    let (later, runtime) = (workstation.clone(), workstation.0.runtime.clone());
    runtime.spawn(async move {
        tokio::time::sleep(HALF_FINISHED).await;
        forget_stale(&later);
    });
}

fn describe(workstation: &Workstation) -> EnrolStateDto {
    forget_stale(workstation);
    let held = acquire(&workstation.0.sign_in.enrolling);
    match &*held {
        Enrolling::Idle => {
            let w = workstation.settings();
            EnrolStateDto::Idle { server: some(&w.server), workstation: some(&w.name) }
        }
        Enrolling::Browser(browser) => EnrolStateDto::Browser { address: browser.address.clone() },
        Enrolling::Password(person) => EnrolStateDto::Password {
            name: person.claims.name.clone(),
            role: person.claims.roles.first().copied().unwrap_or(keep_domain::Role::ItAdministrator),
            min_chars: workstation.settings().policy.password_min_chars,
        },
        Enrolling::Code(person, _) => {
            show_seed(workstation, person).unwrap_or(EnrolStateDto::Failed { code: ErrorCode::Internal, problem: None })
        }
        Enrolling::Done { user, waiting_for_grant, set_aside } => EnrolStateDto::Done {
            user: user.clone(),
            waiting_for_grant: *waiting_for_grant,
            set_aside: set_aside.clone(),
        },
        Enrolling::Failed(failed) => EnrolStateDto::Failed { code: failed.code, problem: failed.problem.clone() },
    }
}

fn show_seed(workstation: &Workstation, person: &Person) -> Option<EnrolStateDto> {
    let uri = uri(workstation, person).ok()?;
    // EXPOSE: the seed is shown once, as a QR code and as letters, to its owner.
    let text = uri.expose();
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let secret = text.split(['?', '&']).find_map(|part| part.strip_prefix("secret="))?;
    let letters: Vec<char> = secret.chars().collect();
    let manual_key = letters.chunks(4).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
    Some(EnrolStateDto::Code {
        qr_path: path_of(&code),
        qr_size: u32::try_from(code.size().saturating_add(2 * QUIET)).unwrap_or(0),
        manual_key,
        label: format!("{} @ {}", person.claims.name, workstation.settings().name),
    })
}

/// Modules of quiet zone on each side (ISO/IEC 18004, 6.3.8).
const QUIET: i32 = 4;

fn path_of(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{},{}h1v1h-1z", x.saturating_add(QUIET), y.saturating_add(QUIET)));
        }
    }
    path
}

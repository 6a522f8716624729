//! Enrolment: clinic sign-in in the browser, workstation password, workstation code.

use crate::app::{App, guard};
use crate::authority_file::AuthorityFile;
use crate::beginning::{Beginning, begin};
use crate::cases::unlock::phone_time;
use crate::door::LockCount;
use crate::dto::enrol::{EnrolBeginDto, EnrolCodeDto, EnrolPasswordDto, EnrolStateDto};
use crate::dto::failure::FailureDto;
use crate::enrolling::{Enrolled, Enrolling, HALF_FINISHED, Person};
use crate::fault::Fault;
use crate::lease::name_statement;
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_domain::{ErrorCode, Secret, UserId, UtcMillis};
use keep_keys::{Enrolment, EnrolmentInput, KdfParams, KeysError, check_password};
use keep_store::{personal_path, set_aside};
use keep_sync::{PendingSignIn, Proof};
use qrcodegen::{QrCode, QrCodeEcc};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What only IT sets, at the first enrolment of a profile.
#[derive(Debug, Default)]
pub struct Setting {
    /// A PEM file of certificate authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Marks the profile as demo data for good.
    pub demo: bool,
}

/// Tells an answer of a cancelled sign-in from one that is awaited.
static TURN: AtomicU64 = AtomicU64::new(0);

/// How far the enrolment is.
///
/// # Errors
/// None at present; the state itself says what failed.
pub fn enrol_state(app: &App) -> Result<EnrolStateDto, FailureDto> {
    Ok(describe(app))
}

/// Begins an enrolment and opens the browser.
///
/// # Errors
/// `invalid` for an unacceptable address or an empty workstation name, and those of the keychain and the server.
pub fn enrol_begin(app: &App, request: EnrolBeginDto) -> Result<EnrolStateDto, FailureDto> {
    begin_with(app, request, Setting::default())
}

/// As [`enrol_begin`], with what IT sets.
///
/// # Errors
/// As [`enrol_begin`].
pub fn begin_with(app: &App, request: EnrolBeginDto, setting: Setting) -> Result<EnrolStateDto, FailureDto> {
    start(app, &request, setting).map_err(Fault::tell)?;
    Ok(describe(app))
}

fn start(app: &App, request: &EnrolBeginDto, setting: Setting) -> Result<(), Fault> {
    nobody_else(app)?;
    cancel(app);
    keep_settings(app, request, setting)?;
    // The keychain is asked before the person is sent to a browser, not after.
    app.device_or_make()?;
    let server = app.open_server(None)?;
    let kdf = KdfParams::calibrate(&*app.0.clock)?;
    let enrolment = Enrolment::begin(app.workstation().device, kdf)?;
    let nonce = enrolment.nonce();
    let pending = app.0.runtime.block_on(server.open_sign_in(&nonce, Proof::Anew))?;
    let address = pending.address().to_string();
    // Where no browser starts the address is still on the screen.
    let _ = pending.open_browser();
    let turn = TURN.fetch_add(1, Ordering::SeqCst).wrapping_add(1);
    let waiting = app.clone();
    let task = app.0.runtime.spawn(async move { wait(waiting, turn, pending, enrolment).await });
    *guard(&app.0.enrolling) = Enrolling::Browser { address, turn, stop: task.abort_handle() };
    Ok(())
}

/// INVARIANT: no step of an enrolment is taken while somebody's session is open: it would end in a session of its own.
fn nobody_else(app: &App) -> Result<(), Fault> {
    if app.is_open() { Err(Fault::of(ErrorCode::Refused)) } else { Ok(()) }
}

async fn wait(app: App, turn: u64, pending: PendingSignIn, enrolment: Enrolment) {
    let ended = pending.finish().await;
    let mut held = guard(&app.0.enrolling);
    // The person may have cancelled and begun again meanwhile.
    if !matches!(&*held, Enrolling::Browser { turn: now, .. } if *now == turn) {
        return;
    }
    *held = match ended {
        Ok(signed_in) if signed_in.claims.roles.is_empty() => Enrolling::Failed(ErrorCode::Refused),
        Ok(signed_in) => {
            Enrolling::Password(Box::new(Person::signed_in(&app, enrolment, signed_in.claims, signed_in.tokens)))
        }
        Err(error) => Enrolling::Failed(error.code()),
    };
    let failed = match &*held {
        Enrolling::Failed(code) => Some(*code),
        _ => None,
    };
    drop(held);
    forget_later(&app);
    if let Some(code) = failed {
        let event = EventDraft::new(EventClass::SignInFailed).ended(Outcome::MinorFailure).with("code", code);
        let recorder = app.clone();
        app.0.runtime.spawn_blocking(move || recorder.record(event));
    }
}

fn keep_settings(app: &App, request: &EnrolBeginDto, setting: Setting) -> Result<(), Fault> {
    let known = app.workstation().clone();
    let mut fields = Vec::new();
    if known.server.is_empty() && request.server.trim().is_empty() {
        fields.push(("server", "missing"));
    }
    if known.name.is_empty() && request.workstation.trim().is_empty() {
        fields.push(("workstation", "missing"));
    }
    if !fields.is_empty() {
        return Err(Fault::fields(fields));
    }
    let first = !app.0.slots.exist()?;
    // What is sealed is what the sign-in that follows is made with.
    let authorities = setting.ca_file.as_deref().map(AuthorityFile::read).transpose()?;
    app.change_workstation(|w| {
        // INVARIANT: once somebody is enrolled, only a new profile talks to another server.
        if first {
            if !request.server.trim().is_empty() {
                request.server.trim().clone_into(&mut w.server);
            }
            if let Some(file) = authorities {
                w.ca_file = setting.ca_file;
                w.seal_authority_file(file.sha256());
            }
            w.demo |= setting.demo;
        }
        if w.name.is_empty() {
            request.workstation.trim().clone_into(&mut w.name);
        }
    })
}

/// Blocks until the browser has come back, failed or timed out. For the command line.
///
/// # Errors
/// None at present.
pub fn wait_for_browser(app: &App) -> Result<EnrolStateDto, FailureDto> {
    loop {
        match describe(app) {
            EnrolStateDto::Browser { .. } => {
                // The timer must be made inside the runtime.
                app.0.runtime.block_on(async { tokio::time::sleep(Duration::from_millis(20)).await });
            }
            state => return Ok(state),
        }
    }
}

/// Takes the workstation password.
///
/// # Errors
/// `invalid` for a short password, `refused` while somebody is unlocked, `stale` when no password is awaited.
pub fn enrol_password(app: &App, request: EnrolPasswordDto) -> Result<EnrolStateDto, FailureDto> {
    let password = Secret::new(request.password);
    nobody_else(app).map_err(Fault::tell)?;
    forget_stale(app);
    let policy = app.workstation().policy.clone();
    if check_password(&password, &policy).is_err() {
        return Err(Fault::fields(vec![("password", "too_short")]).tell());
    }
    let mut held = guard(&app.0.enrolling);
    match std::mem::take(&mut *held) {
        Enrolling::Password(mut person) => {
            person.went_on(app);
            *held = Enrolling::Code(person, password);
        }
        other => {
            *held = other;
            return Err(Fault::of(ErrorCode::Stale).tell());
        }
    }
    drop(held);
    forget_later(app);
    Ok(describe(app))
}

/// The otpauth URI of the seed, for a caller that hands it on itself.
///
/// # Errors
/// `stale` when there is none.
pub fn otpauth(app: &App) -> Result<Secret<String>, FailureDto> {
    let held = guard(&app.0.enrolling);
    let Enrolling::Code(person, _) = &*held else { return Err(Fault::of(ErrorCode::Stale).tell()) };
    uri(app, person).map_err(Fault::tell)
}

fn uri(app: &App, person: &Person) -> Result<Secret<String>, Fault> {
    Ok(person.enrolment.otpauth_uri(&person.claims.name, &app.workstation().name)?)
}

/// Takes a code of the new seed, writes the slot and unlocks.
///
/// # Errors
/// `invalid` for a wrong code, with which the person may try again; `refused` while somebody is unlocked; those of the
/// keychain and the files.
pub fn enrol_code(app: &App, request: EnrolCodeDto) -> Result<EnrolStateDto, FailureDto> {
    let phone = phone_time(request.phone_time.as_deref()).map_err(Fault::tell)?;
    finish(app, &Secret::new(request.code), phone).map_err(Fault::tell)?;
    Ok(describe(app))
}

fn finish(app: &App, code: &Secret<String>, phone: Option<UtcMillis>) -> Result<(), Fault> {
    let began = app.0.lock_count();
    nobody_else(app)?;
    forget_stale(app);
    let mut held = guard(&app.0.enrolling);
    let Enrolling::Code(person, _) = &*held else { return Err(Fault::of(ErrorCode::Stale)) };
    let confirmed = app.with_time(|time| match phone {
        None => person.enrolment.confirm_code(code, time),
        Some(phone) => person.enrolment.confirm_code_at(code, time, phone),
    })?;
    let confirmed = confirmed.map_err(|error| match error {
        KeysError::ClockWrong => Fault::of(ErrorCode::ClockWrong),
        _ => Fault::fields(vec![("code", "wrong")]),
    })?;
    let Enrolling::Code(person, password) = std::mem::take(&mut *held) else {
        return Err(Fault::of(ErrorCode::Internal));
    };
    drop(held);
    let ended = write_slot(app, *person, &password, confirmed, began);
    *guard(&app.0.enrolling) = match &ended {
        Ok(enrolled) => Enrolling::Done(enrolled.clone()),
        Err(fault) => Enrolling::Failed(fault.code),
    };
    ended.map(|_| ())
}

fn write_slot(
    app: &App,
    person: Person,
    password: &Secret<String>,
    confirmed: keep_keys::ConfirmedCode,
    began: LockCount,
) -> Result<Enrolled, Fault> {
    let Person { enrolment, claims, id_token, refresh, .. } = person;
    let slot_claims = app.slot_claims(&claims, enrolment.nonce());
    let lease = app.lease_of(&claims);
    let id_token = id_token.ok_or_else(|| Fault::of(ErrorCode::SignInFailed))?;
    let input = EnrolmentInput {
        claims: &slot_claims,
        // EXPOSE: the token is the provider's public statement about this member; it stays in the slot.
        id_token: id_token.expose().clone(),
        lease: lease.clone(),
        refresh_token: refresh,
        password,
        confirmed,
    };
    let device = app.device_or_make()?;
    app.seal_workstation()?;
    let mut set_aside = make_way(app, UserId::of(&claims.issuer, &claims.subject))?;
    let opened = app.with_slot_door(|door, time| enrolment.finish(door, &device.kd, time, input))?;
    set_aside.extend(opened.set_aside.iter().cloned());
    let user = opened.header.user;
    let actor = keep_audit::Actor::new(user, opened.header.role);
    if !set_aside.is_empty() {
        let event = EventDraft::new(EventClass::IntegrityFinding).by(actor.clone()).ended(Outcome::MinorFailure);
        app.record(event.with("finding", "slot_set_aside").with("slot", user).with("count", set_aside.len()));
    }
    app.record(name_statement(EventDraft::new(EventClass::SignIn), &lease).by(actor.clone()));
    app.record(EventDraft::new(EventClass::Enrol).by(actor));
    begin(app, opened, Beginning::Enrolment, began)?;
    let waiting = app.peek(|u| u.store.is_none() && u.role.rank() != keep_domain::Rank::NONE).unwrap_or(false);
    if app.0.syncs_by_itself {
        // The window goes back to its lock screen; no session may stay open behind that.
        crate::cases::lock::lock(app, "enrolled");
    }
    Ok(Enrolled { user: user.to_string(), waiting_for_grant: waiting, set_aside })
}

/// Makes room for the new slot of somebody whose old one is damaged: their drafts lie under keys that are lost with it,
/// and colleagues give their keys again. Says what the drafts' file is called now.
fn make_way(app: &App, user: UserId) -> Result<Vec<String>, Fault> {
    if !app.with_slot_door(|door, _| door.is_damaged(user))? {
        return Ok(Vec::new());
    }
    app.change_workstation(|w| w.holders.forget(user))?;
    let personal = personal_path(app.0.profile.root(), user);
    if !personal.exists() {
        return Ok(Vec::new());
    }
    let target = set_aside(&personal, app.trusted_now()?)?;
    Ok(target.file_name().map(|n| n.to_string_lossy().into_owned()).into_iter().collect())
}

/// Gives up.
///
/// # Errors
/// None at present.
pub fn enrol_cancel(app: &App) -> Result<EnrolStateDto, FailureDto> {
    cancel(app);
    Ok(describe(app))
}

fn cancel(app: &App) {
    let before = std::mem::take(&mut *guard(&app.0.enrolling));
    if let Enrolling::Browser { stop, .. } = before {
        stop.abort();
    }
}

/// Wipes an enrolment that nobody went on with; its password, seed and tokens do not wait for the next person.
pub(crate) fn forget_stale(app: &App) {
    let now = app.0.clock.monotonic();
    let mut held = guard(&app.0.enrolling);
    if let Enrolling::Password(person) | Enrolling::Code(person, _) = &*held
        && person.is_stale(now)
    {
        *held = Enrolling::Failed(ErrorCode::SignInNeeded);
    }
}

/// Looks again when the time is over, whether or not anybody asks until then.
fn forget_later(app: &App) {
    let (later, runtime) = (app.clone(), app.0.runtime.clone());
    runtime.spawn(async move {
        tokio::time::sleep(HALF_FINISHED).await;
        forget_stale(&later);
    });
}

fn describe(app: &App) -> EnrolStateDto {
    forget_stale(app);
    let held = guard(&app.0.enrolling);
    match &*held {
        Enrolling::Idle => {
            let w = app.workstation();
            EnrolStateDto::Idle { server: w.server.clone(), workstation: w.name.clone() }
        }
        Enrolling::Browser { address, .. } => EnrolStateDto::Browser { address: address.clone() },
        Enrolling::Password(person) => EnrolStateDto::Password {
            name: person.claims.name.clone(),
            role: person.claims.roles.first().copied().unwrap_or(keep_domain::Role::ItAdministrator),
            min_chars: app.workstation().policy.password_min_chars,
        },
        Enrolling::Code(person, _) => {
            show_seed(app, person).unwrap_or(EnrolStateDto::Failed { code: ErrorCode::Internal })
        }
        Enrolling::Done(Enrolled { user, waiting_for_grant, set_aside }) => EnrolStateDto::Done {
            user: user.clone(),
            waiting_for_grant: *waiting_for_grant,
            set_aside: set_aside.clone(),
        },
        Enrolling::Failed(code) => EnrolStateDto::Failed { code: *code },
    }
}

fn show_seed(app: &App, person: &Person) -> Option<EnrolStateDto> {
    let uri = uri(app, person).ok()?;
    // EXPOSE: the seed is shown once, as a picture and as letters, to the person who owns it.
    let text = uri.expose();
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let secret = text.split(['?', '&']).find_map(|part| part.strip_prefix("secret="))?;
    let letters: Vec<char> = secret.chars().collect();
    let manual_key = letters.chunks(4).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
    Some(EnrolStateDto::Code {
        qr_path: path_of(&code),
        qr_size: u32::try_from(code.size().saturating_add(2 * QUIET)).unwrap_or(0),
        manual_key,
        label: format!("{} @ {}", person.claims.name, app.workstation().name),
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

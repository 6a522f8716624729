//! An unlocked session over a fresh profile without a server, for the tests of this room and for the bench.
//!
//! The provider is one of the tests' own and the key derivation is weak; everything else is what a clinic runs.
#![expect(missing_debug_implementations, reason = "only tests use these")]

mod provider;

pub(crate) use provider::TestProvider;

use crate::dto::failure::FailureDto;
use crate::error::SessionError;
use crate::session_start::{SessionOrigin, start_session};
use crate::workstation::Workstation;
use keep_audit::{EventClass, EventDraft};
use keep_domain::{Clock, ErrorCode, Phi, Role, Secret, UserId, UtcMillis};
#[cfg(test)]
use keep_keys::Renewal;
use keep_keys::{Enrolment, EnrolmentInput, KdfParams, Keychain, phone_code};
use keep_store::{Cursor, CursorKey, Page, PageReport};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// Everybody's workstation password.
pub const PASSWORD: &str = "correct horse battery";
/// The issuer of all fabricated sign-ins.
const ISSUER: &str = "https://id.example";
/// The server that nobody asks.
const SERVER: &str = "https://fhir.example/r4";

/// The provider at which everybody of a test run signs in.
static PROVIDER: LazyLock<Option<TestProvider>> = LazyLock::new(TestProvider::new);

/// Somebody who works at the clinic of the tests.
#[derive(Clone, Copy)]
pub struct TestPerson {
    /// The sign-in's subject.
    pub subject: &'static str,
    /// As it is shown.
    pub name: &'static str,
    /// The one role.
    pub role: Role,
}

/// Amara Okafor, nurse.
#[must_use]
pub const fn nurse_amara() -> TestPerson {
    TestPerson { subject: "amara", name: "Amara Okafor", role: Role::Nurse }
}

/// Jonas Mbeki, physician.
#[must_use]
pub const fn dr_jonas() -> TestPerson {
    TestPerson { subject: "jonas", name: "Dr Jonas Mbeki", role: Role::Physician }
}

/// Leila Patel, front desk.
#[must_use]
pub const fn leila_at_the_desk() -> TestPerson {
    TestPerson { subject: "leila", name: "Leila Patel", role: Role::FrontDesk }
}

/// Ingrid Solberg, privacy officer.
#[must_use]
pub const fn ingrid_of_privacy() -> TestPerson {
    TestPerson { subject: "ingrid", name: "Ingrid Solberg", role: Role::PrivacyOfficer }
}

/// The user id of `person`.
#[must_use]
pub fn user_of(person: TestPerson) -> UserId {
    UserId::of(ISSUER, person.subject)
}

/// A real server, and what signing in to it gave, for a profile that syncs.
pub struct TestSite {
    /// The FHIR base.
    pub server: String,
    /// A PEM file of the authority to trust.
    pub ca: Option<PathBuf>,
    /// Who issued the tokens.
    pub issuer: String,
    /// Whom they are for.
    pub subject: String,
    /// The refresh token, not used yet.
    pub refresh_token: Secret<String>,
}

impl TestSite {
    /// The user id of whoever signed in.
    #[must_use]
    pub fn user(&self) -> UserId {
        UserId::of(&self.issuer, &self.subject)
    }
}

/// Opens the profile in `folder`, enrols `person` and leaves the session unlocked.
///
/// # Errors
/// What enrolling and opening the store answer.
pub fn open_unlocked(
    folder: &Path,
    person: TestPerson,
    runtime: tokio::runtime::Handle,
    clock: Arc<dyn Clock>,
    keychain: Arc<dyn Keychain>,
) -> Result<Workstation, FailureDto> {
    open_with_phone(folder, person, runtime, clock, keychain).map(|(workstation, _)| workstation)
}

/// As [`open_unlocked`], with the otpauth address that the person's phone keeps.
///
/// # Errors
/// As [`open_unlocked`].
pub fn open_with_phone(
    folder: &Path,
    person: TestPerson,
    runtime: tokio::runtime::Handle,
    clock: Arc<dyn Clock>,
    keychain: Arc<dyn Keychain>,
) -> Result<(Workstation, Secret<String>), FailureDto> {
    let workstation = Workstation::open_for_test(folder, runtime, clock, keychain)?;
    let phone = enrol(&workstation, person, None).map_err(SessionError::into_dto)?;
    Ok((workstation, phone))
}

/// As [`open_with_phone`], for a `person` who has signed in at a real server.
///
/// # Errors
/// As [`open_unlocked`].
pub fn open_at_site(
    folder: &Path,
    person: TestPerson,
    site: &TestSite,
    runtime: tokio::runtime::Handle,
    clock: Arc<dyn Clock>,
    keychain: Arc<dyn Keychain>,
) -> Result<(Workstation, Secret<String>), FailureDto> {
    let workstation = Workstation::open_for_test(folder, runtime, clock, keychain)?;
    let phone = enrol(&workstation, person, Some(site)).map_err(SessionError::into_dto)?;
    Ok((workstation, phone))
}

/// Takes over the refresh token of a new sign-in, as an unlocked person's second sign-in would.
///
/// # Errors
/// `locked`, and those of the slot's files.
pub fn sign_in_again(workstation: &Workstation, refresh_token: Secret<String>) -> Result<(), FailureDto> {
    workstation
        .with_session(|unlocked| {
            let mut ring = crate::state::lock(&unlocked.keys.ring);
            ring.replace_refresh_token(Some(refresh_token));
            Ok(ring.save(&workstation.0.device.slots, &unlocked.keys.user)?)
        })
        .map_err(SessionError::into_dto)
}

/// Enrols somebody who signs in at a real provider with the nonce that `sign_in` is given, and leaves the session
/// unlocked; answers the otpauth address that the person's phone keeps. Only the key derivation is weak.
///
/// # Errors
/// What enrolling and opening the store answer.
pub fn enrol_signed_in(
    workstation: &Workstation,
    server: &str,
    ca: &Path,
    sign_in: impl FnOnce(&str) -> keep_sync::SignedIn,
) -> Result<Secret<String>, FailureDto> {
    enrol_by(workstation, server, ca, sign_in).map_err(SessionError::into_dto)
}

fn enrol_by(
    workstation: &Workstation,
    server: &str,
    ca: &Path,
    sign_in: impl FnOnce(&str) -> keep_sync::SignedIn,
) -> Result<Secret<String>, SessionError> {
    workstation.change_settings(|w| {
        server.clone_into(&mut w.server);
        w.ca_file = Some(ca.to_owned());
        "Room 3 workstation".clone_into(&mut w.name);
    })?;
    let began = workstation.0.session.lock_epoch();
    let device = workstation.device_or_make()?;
    let enrolment = Enrolment::begin(workstation.settings().device, KdfParams::WEAK_FOR_TESTS)?;
    let keep_sync::SignedIn { claims, tokens } = sign_in(&enrolment.nonce());
    let now = workstation.trusted_now()?;
    let phone = enrolment.otpauth_uri(&claims.name, "Room 3 workstation")?;
    let code = phone_code(&phone, now).ok_or_else(|| SessionError::of(ErrorCode::Internal))?;
    let confirmed = workstation.with_time(|time| enrolment.confirm_code(&code, time))??;
    let id_token = tokens.id_token.ok_or_else(|| SessionError::of(ErrorCode::SignInFailed))?;
    let input = EnrolmentInput {
        claims: &workstation.slot_claims(&claims, enrolment.nonce()),
        // EXPOSE: the provider's public statement about a made-up person; it stays in the slot, as in an enrolment.
        id_token: id_token.expose().clone(),
        lease: workstation.lease_of(&claims),
        refresh_token: tokens.refresh,
        password: &Secret::new(String::from(PASSWORD)),
        confirmed,
    };
    workstation.seal_settings()?;
    let opened =
        workstation.with_slot_unlocker(|unlocker, time| enrolment.finish(unlocker, &device.device_key, time, input))?;
    start_session(workstation, opened, SessionOrigin::Enrolment, began).map(|_| phone)
}

fn enrol(
    workstation: &Workstation,
    person: TestPerson,
    site: Option<&TestSite>,
) -> Result<Secret<String>, SessionError> {
    let names = names_of(person, site);
    let statement = |nonce: &str, now| state(person, (&names.0, &names.1), nonce, now);
    enrol_at(workstation, person, site, statement)
}

/// Issuer and subject of `person`.
fn names_of(person: TestPerson, site: Option<&TestSite>) -> (String, String) {
    site.map_or_else(|| (ISSUER.to_owned(), person.subject.to_owned()), |s| (s.issuer.clone(), s.subject.clone()))
}

/// The made-up provider assigns restricted to every physician.
fn state(person: TestPerson, names: (&str, &str), nonce: &str, now: UtcMillis) -> Option<Statement> {
    PROVIDER.as_ref()?.state(person, names, nonce, now, person.role == Role::Physician)
}

/// What a provider states at a sign-in.
pub(crate) struct Statement {
    /// The ID token.
    pub(crate) id_token: String,
    /// The key that signed it.
    pub(crate) jwk: String,
}

/// Enrols `person` with the ID token that `state` makes of nonce and time, and leaves the session unlocked.
#[cfg(test)]
pub(crate) fn enrol_with(
    workstation: &Workstation,
    person: TestPerson,
    state: impl FnOnce(&str, UtcMillis) -> Option<Statement>,
) -> Result<Secret<String>, SessionError> {
    enrol_at(workstation, person, None, state)
}

fn enrol_at(
    workstation: &Workstation,
    person: TestPerson,
    site: Option<&TestSite>,
    state: impl FnOnce(&str, UtcMillis) -> Option<Statement>,
) -> Result<Secret<String>, SessionError> {
    workstation.change_settings(|w| {
        site.map_or(SERVER, |s| s.server.as_str()).clone_into(&mut w.server);
        w.ca_file = site.and_then(|s| s.ca.clone());
        "Room 3 workstation".clone_into(&mut w.name);
    })?;
    let began = workstation.0.session.lock_epoch();
    let device = workstation.device_or_make()?;
    let enrolment = Enrolment::begin(workstation.settings().device, KdfParams::WEAK_FOR_TESTS)?;
    let now = workstation.trusted_now()?;
    let phone = enrolment.otpauth_uri(person.name, "Room 3 workstation")?;
    let code = phone_code(&phone, now).ok_or_else(|| SessionError::of(ErrorCode::Internal))?;
    let confirmed = workstation.with_time(|time| enrolment.confirm_code(&code, time))??;
    let statement = state(&enrolment.nonce(), now).ok_or_else(|| SessionError::of(ErrorCode::Internal))?;
    let said = workstation.believe(&statement.id_token, &statement.jwk, None, None);
    let said = said.map_err(|_| SessionError::of(ErrorCode::SignInFailed))?;
    let claims = workstation.slot_claims(&said, enrolment.nonce());
    let input = EnrolmentInput {
        claims: &claims,
        id_token: statement.id_token,
        lease: workstation.lease_of(&said),
        // EXPOSE: sealed in the made-up person's slot, as an enrolment does.
        refresh_token: site.map(|s| Secret::new(s.refresh_token.expose().clone())),
        password: &Secret::new(String::from(PASSWORD)),
        confirmed,
    };
    let opened =
        workstation.with_slot_unlocker(|unlocker, time| enrolment.finish(unlocker, &device.device_key, time, input))?;
    start_session(workstation, opened, SessionOrigin::Enrolment, began).map(|_| phone)
}

/// What a browser sign-in of `person` brings now.
#[cfg(test)]
pub(crate) fn sign_in_of(
    workstation: &Workstation,
    person: TestPerson,
    refresh_token: &str,
) -> Result<Renewal, SessionError> {
    let names = names_of(person, None);
    let statement = state(person, (&names.0, &names.1), "any", workstation.trusted_now()?);
    let Statement { id_token, jwk } = statement.ok_or_else(|| SessionError::of(ErrorCode::Internal))?;
    let said =
        workstation.believe(&id_token, &jwk, None, None).map_err(|_| SessionError::of(ErrorCode::SignInFailed))?;
    Ok(Renewal {
        lease: workstation.lease_of(&said),
        id_token,
        refresh_token: Some(Secret::new(refresh_token.to_owned())),
    })
}

/// Stores records as if a sync had brought them.
///
/// # Errors
/// What the store answers.
pub fn import(workstation: &Workstation, records: Vec<String>) -> Result<PageReport, FailureDto> {
    workstation
        .with_session(|unlocked| {
            let store = unlocked.store()?;
            let run = store.ledger().append(EventDraft::new(EventClass::Sync).by(unlocked.actor()))?;
            let records = records.into_iter().map(Phi::new).collect();
            Ok(store.apply_page(&run, Page { records, ..Page::default() })?)
        })
        .map_err(SessionError::into_dto)
}

/// Puts the name index in order, as the end of a large sync does.
///
/// # Errors
/// What the store answers.
pub fn optimize_search(workstation: &Workstation) -> Result<(), FailureDto> {
    workstation.with_session(|unlocked| Ok(unlocked.store()?.optimize_search()?)).map_err(SessionError::into_dto)
}

/// Marks types as completely downloaded now.
///
/// # Errors
/// What the store answers.
pub fn complete(workstation: &Workstation, types: &[&str]) -> Result<(), FailureDto> {
    workstation
        .with_session(|unlocked| {
            let (server, visibility) = workstation.cursor_names(unlocked)?;
            let now = workstation.trusted_now()?;
            Ok(unlocked.store()?.write(|tx| {
                types.iter().try_for_each(|t| {
                    let (server, visibility) = (server.clone(), visibility.clone());
                    let key = CursorKey { server, visibility, resource_type: (*t).to_owned() };
                    tx.save_cursor(&key, &Cursor { complete_as_of: Some(now), ..Cursor::default() })
                })
            })?)
        })
        .map_err(SessionError::into_dto)
}

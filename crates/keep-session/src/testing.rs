//! Enrolled people and unlocked sessions without a browser, for the tests of this crate and of the workspace.
//!
//! The identity provider is a fake and the key derivation is weak; everything else is what a clinic runs.
#![expect(missing_debug_implementations, reason = "only tests use these")]

mod provider;

pub(crate) use provider::TestProvider;

use crate::cases::sync::{SyncReport, run_when_free};
use crate::dto::failure::FailureDto;
use crate::error::SessionError;
use crate::session_start::{SessionOrigin, start_session};
use crate::settings::site_file::SiteFile;
use crate::workstation::{ProfileAccess, Workstation};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{Clock, ErrorCode, Phi, ProviderStatement, Role, Secret, UserId, UtcMillis};
#[cfg(test)]
use keep_keys::Renewal;
use keep_keys::{Enrolment, EnrolmentInput, KdfParams, Keychain, phone_code};
use keep_store::{Cursor, CursorKey, Page, PageReport};
use keep_sync::VerifiedClaims;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// The workstation password of every test person.
pub const PASSWORD: &str = "correct horse battery";
/// The issuer of the fake provider.
const ISSUER: &str = "https://id.example";
/// The server of a profile that never syncs.
const SERVER: &str = "https://fhir.example/r4";

/// The fake provider of a test run.
static PROVIDER: LazyLock<Option<TestProvider>> = LazyLock::new(TestProvider::new);

/// A person who works at the clinic of the tests.
#[derive(Clone, Copy)]
pub struct TestPerson {
    /// The sign-in's subject.
    pub subject: &'static str,
    /// The display name.
    pub name: &'static str,
    /// The role.
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

/// A real server and a sign-in at it, for a profile that syncs.
pub struct TestSite {
    /// The FHIR base.
    pub server: String,
    /// A PEM file of the authority to trust.
    pub ca: Option<PathBuf>,
    /// Who issued the tokens.
    pub issuer: String,
    /// The person they were issued to.
    pub subject: String,
    /// The refresh token, not used yet.
    pub refresh_token: Secret<String>,
}

impl TestSite {
    /// The user id of the person who signed in.
    #[must_use]
    pub fn user(&self) -> UserId {
        UserId::of(&self.issuer, &self.subject)
    }
}

/// What a test gives a workstation: its profile, clock and keychain.
#[derive(Clone)]
pub struct TestDevice {
    /// The profile folder.
    pub profile: PathBuf,
    /// Runs its background tasks.
    pub runtime: tokio::runtime::Handle,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The keychain.
    pub keychain: Arc<dyn Keychain>,
}

impl Workstation {
    /// The failure for `code`, for a caller that found it before any use case ran.
    #[must_use]
    pub fn failure(&self, code: ErrorCode) -> FailureDto {
        SessionError::of(code).into_dto()
    }

    /// Opens a profile with a test's clock and keychain.
    ///
    /// # Errors
    /// As [`Workstation::open`].
    pub fn open_for_test(
        folder: &Path,
        access: ProfileAccess,
        runtime: tokio::runtime::Handle,
        clock: Arc<dyn Clock>,
        keychain: Arc<dyn Keychain>,
    ) -> Result<Self, FailureDto> {
        Self::open_with(folder, access, runtime, clock, Some(keychain)).map_err(SessionError::into_dto)
    }
}

impl TestDevice {
    /// Opens the profile. Waits half a second for its lock: a child process that another test is just starting holds a
    /// copy of the lock for a moment.
    ///
    /// # Errors
    /// As [`Workstation::open`].
    pub fn open(&self) -> Result<Workstation, FailureDto> {
        for _ in 0..50 {
            match self.open_as(ProfileAccess::Own) {
                Err(failure) if failure.code == ErrorCode::ProfileInUse => {
                    std::thread::park_timeout(Duration::from_millis(10));
                }
                opened => return opened,
            }
        }
        self.open_as(ProfileAccess::Own)
    }

    fn open_as(&self, access: ProfileAccess) -> Result<Workstation, FailureDto> {
        let (clock, keychain) = (Arc::clone(&self.clock), Arc::clone(&self.keychain));
        Workstation::open_for_test(&self.profile, access, self.runtime.clone(), clock, keychain)
    }

    /// Opens the profile as the commands that change nothing do.
    ///
    /// # Errors
    /// As [`Workstation::open`].
    pub fn open_read_only(&self) -> Result<Workstation, FailureDto> {
        self.open_as(ProfileAccess::Look)
    }

    /// Opens the profile, enrols `person`, who may have signed in at a real server, and leaves the session unlocked.
    /// Also returns the otpauth address in the person's phone.
    ///
    /// # Errors
    /// Those of enrolling and of opening the store.
    pub fn enrol(
        &self,
        person: TestPerson,
        site: Option<&TestSite>,
    ) -> Result<(Workstation, Secret<String>), FailureDto> {
        let workstation = self.open()?;
        let statement = |nonce: &str, now| {
            let (issuer, subject) = names_of(person, site);
            statement_of(person, (&issuer, &subject), nonce, now)
        };
        let phone = enrol_at(&workstation, site, statement).map_err(SessionError::into_dto)?;
        Ok((workstation, phone))
    }
}

/// Takes over the refresh token of a new sign-in, as an unlocked person's second sign-in would.
///
/// # Errors
/// `locked`, and those of the slot's files.
pub fn sign_in_again(workstation: &Workstation, refresh_token: Secret<String>) -> Result<(), FailureDto> {
    workstation
        .with_session(|unlocked| {
            let mut ring = crate::state::acquire(&unlocked.keys.ring);
            ring.replace_refresh_token(Some(refresh_token));
            Ok(ring.save(&workstation.0.device.slots, &unlocked.keys.user)?)
        })
        .map_err(SessionError::into_dto)
}

/// Enrols a person who signs in at the provider of `site` with the nonce that `sign_in` gets, and leaves the session
/// unlocked. Returns the otpauth address in the person's phone.
///
/// # Errors
/// Those of enrolling and of opening the store.
pub fn enrol_signed_in(
    workstation: &Workstation,
    site: &SiteFile,
    ca: &Path,
    sign_in: impl FnOnce(&str) -> keep_sync::SignedIn,
) -> Result<Secret<String>, FailureDto> {
    let sign_in = |nonce: &str| {
        let keep_sync::SignedIn { claims, statement, tokens } = sign_in(nonce);
        workstation.seal_settings()?;
        Ok(SignIn { claims, statement, refresh_token: tokens.refresh })
    };
    let enrolled = workstation
        .change_settings(|w| w.set_sign_in(site.sign_in.clone()))
        .and_then(|()| enrol_by(workstation, &site.server, Some(ca), sign_in));
    enrolled.map_err(SessionError::into_dto)
}

/// A sign-in that has been verified.
struct SignIn {
    claims: VerifiedClaims,
    statement: ProviderStatement,
    refresh_token: Option<Secret<String>>,
}

fn enrol_by(
    workstation: &Workstation,
    server: &str,
    ca: Option<&Path>,
    sign_in: impl FnOnce(&str) -> Result<SignIn, SessionError>,
) -> Result<Secret<String>, SessionError> {
    workstation.change_settings(|w| {
        server.clone_into(&mut w.server);
        w.ca_file = ca.map(Path::to_owned);
        "Room 3 workstation".clone_into(&mut w.name);
    })?;
    let began = workstation.0.session.lock_epoch();
    let device = workstation.device_or_make()?;
    let enrolment = Enrolment::begin(workstation.settings().device, KdfParams::WEAK_FOR_TESTS)?;
    let SignIn { claims, statement, refresh_token } = sign_in(&enrolment.nonce())?;
    let phone = enrolment.otpauth_uri(&claims.name, "Room 3 workstation")?;
    let code = phone_code(&phone, workstation.trusted_now()?).ok_or(ErrorCode::Internal)?;
    let confirmed = workstation.with_time(|time| enrolment.confirm_code(&code, time))??;
    let input = EnrolmentInput {
        claims: &workstation.slot_claims(&claims, enrolment.nonce()),
        statement,
        lease: workstation.lease_of(&claims),
        refresh_token,
        password: &Secret::new(String::from(PASSWORD)),
        confirmed,
    };
    let opened =
        workstation.with_slot_unlocker(|unlocker, time| enrolment.finish(unlocker, &device.device_key, time, input))?;
    start_session(workstation, opened, SessionOrigin::Enrolment, began).map(|_| phone)
}

/// Issuer and subject of `person`.
fn names_of(person: TestPerson, site: Option<&TestSite>) -> (String, String) {
    site.map_or_else(|| (ISSUER.to_owned(), person.subject.to_owned()), |s| (s.issuer.clone(), s.subject.clone()))
}

/// The fake provider states that every physician may hold restricted records.
fn statement_of(person: TestPerson, names: (&str, &str), nonce: &str, now: UtcMillis) -> Option<Statement> {
    PROVIDER.as_ref()?.state(person, names, nonce, now, person.role == Role::Physician)
}

/// What a provider states at a sign-in.
pub(crate) struct Statement {
    /// What it signed.
    pub(crate) statement: ProviderStatement,
    /// The key that signed it.
    pub(crate) jwk: String,
}

/// Enrols the person whom `state` makes an ID token for from nonce and time, and leaves the session unlocked.
#[cfg(test)]
pub(crate) fn enrol_with(
    workstation: &Workstation,
    state: impl FnOnce(&str, UtcMillis) -> Option<Statement>,
) -> Result<Secret<String>, SessionError> {
    enrol_at(workstation, None, state)
}

fn enrol_at(
    workstation: &Workstation,
    site: Option<&TestSite>,
    state: impl FnOnce(&str, UtcMillis) -> Option<Statement>,
) -> Result<Secret<String>, SessionError> {
    let sign_in = |nonce: &str| {
        let statement = state(nonce, workstation.trusted_now()?);
        let Statement { statement, jwk } = statement.ok_or(ErrorCode::Internal)?;
        let claims = workstation.verify_stored(&statement, &jwk, None, None);
        let claims = claims.map_err(|_| ErrorCode::SignInFailed)?;
        // EXPOSE: sealed in the made-up person's slot, as an enrolment does.
        let refresh_token = site.map(|s| Secret::new(s.refresh_token.expose().clone()));
        Ok(SignIn { claims, statement, refresh_token })
    };
    let server = site.map_or(SERVER, |s| s.server.as_str());
    enrol_by(workstation, server, site.and_then(|s| s.ca.as_deref()), sign_in)
}

/// What the test's provider states of `person` after it has taken away every role.
#[cfg(test)]
pub(crate) fn sign_in_without_role(
    workstation: &Workstation,
    person: TestPerson,
) -> Result<(keep_sync::VerifiedClaims, ProviderStatement), SessionError> {
    let names = names_of(person, None);
    let now = workstation.trusted_now()?;
    let provider = PROVIDER.as_ref().ok_or(ErrorCode::Internal)?;
    let statement = provider.state_roles(person, (&names.0, &names.1), "any", now, &[]);
    let Statement { statement, jwk } = statement.ok_or(ErrorCode::Internal)?;
    let said = workstation.verify_stored(&statement, &jwk, None, None).map_err(|_| ErrorCode::SignInFailed)?;
    Ok((said, statement))
}

/// The result of a browser sign-in of `person` now.
#[cfg(test)]
pub(crate) fn sign_in_of(
    workstation: &Workstation,
    person: TestPerson,
    refresh_token: &str,
) -> Result<Renewal, SessionError> {
    let names = names_of(person, None);
    let statement = statement_of(person, (&names.0, &names.1), "any", workstation.trusted_now()?);
    let Statement { statement, jwk } = statement.ok_or(ErrorCode::Internal)?;
    let said = workstation.verify_stored(&statement, &jwk, None, None).map_err(|_| ErrorCode::SignInFailed)?;
    Ok(Renewal {
        lease: workstation.lease_of(&said),
        statement,
        refresh_token: Some(Secret::new(refresh_token.to_owned())),
    })
}

/// Stores records as if a sync had pulled them.
///
/// # Errors
/// Those of the store.
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

/// Runs one sync as the interval does: no event says that a user asked for it.
///
/// # Errors
/// What ended it early.
pub fn sync_at_interval(workstation: &Workstation) -> Result<SyncReport, FailureDto> {
    workstation.0.runtime.block_on(run_when_free(workstation)).map_err(SessionError::into_dto)
}

/// Optimises the name index, as the end of a large sync does.
///
/// # Errors
/// Those of the store.
pub fn optimize_search(workstation: &Workstation) -> Result<(), FailureDto> {
    workstation.with_session(|unlocked| Ok(unlocked.store()?.optimize_search()?)).map_err(SessionError::into_dto)
}

/// Marks types as completely downloaded now.
///
/// # Errors
/// Those of the store.
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

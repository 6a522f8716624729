//! A session that outlives its process: enrolled at the first start, resumed with the password alone later.

use crate::FileKeychain;
use keep_domain::{Clock, ErrorCode, Secret, UserId};
use keep_session::Workstation;
use keep_session::cases::{lock, unlock};
use keep_session::dto::failure::FailureDto;
use keep_session::dto::lock::UnlockDto;
use keep_session::testing::{self, TestDevice, TestPerson, TestSite};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A profile and its keychain. None of this is in a released program.
#[derive(Debug, Clone)]
pub struct TestSession {
    profile: PathBuf,
    keychain: PathBuf,
}

impl TestSession {
    /// The profile in `folder`; its keychain is the folder of the same name that ends in `.keychain`.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        let mut name = folder.as_os_str().to_owned();
        name.push(".keychain");
        Self { profile: folder.to_owned(), keychain: PathBuf::from(name) }
    }

    /// The profile folder.
    #[must_use]
    pub fn profile(&self) -> &Path {
        &self.profile
    }

    /// The keychain.
    #[must_use]
    pub fn keychain(&self) -> FileKeychain {
        FileKeychain::at(&self.keychain)
    }

    /// The device of this profile.
    #[must_use]
    pub fn device(&self, runtime: tokio::runtime::Handle, clock: Arc<dyn Clock>) -> TestDevice {
        TestDevice { profile: self.profile.clone(), runtime, clock, keychain: Arc::new(self.keychain()) }
    }

    /// The secret that lets `person` unlock with the password alone, once [`TestSession::open`] has run.
    ///
    /// # Errors
    /// File errors.
    pub fn resume_secret(&self, person: TestPerson) -> std::io::Result<Secret<Vec<u8>>> {
        std::fs::read(self.resume_path(person)).map(Secret::new)
    }

    /// Opens the profile and leaves `person` unlocked, enrolled now if this is the first time.
    ///
    /// # Errors
    /// As [`TestDevice::enrol`] and [`unlock::unlock`].
    pub fn open(
        &self,
        person: TestPerson,
        runtime: tokio::runtime::Handle,
        clock: Arc<dyn Clock>,
    ) -> Result<Workstation, FailureDto> {
        let device = self.device(runtime, clock);
        let app = if let Ok(secret) = self.resume_secret(person) {
            let app = device.open()?;
            app.adopt_resume(&secret);
            app
        } else {
            let (app, phone) = device.enrol(person, self.site().as_ref())?;
            lock::lock_session(&app, "user");
            let secret = app.take_resume().ok_or_else(|| app.failure(ErrorCode::Internal))?;
            // EXPOSE: secrets of a made-up person, stored for the next start of the test's program.
            let written = std::fs::write(self.resume_path(person), secret.expose())
                .and_then(|()| std::fs::write(self.phone_path(person), phone.expose()));
            written.map_err(|_| app.failure(ErrorCode::Io))?;
            app.adopt_resume(&secret);
            app
        };
        unlock_alone(&app, self.user_of(person))?;
        Ok(app)
    }

    /// The person who is enrolled at the first start has signed in at `site` and syncs with it.
    ///
    /// # Errors
    /// File errors.
    pub fn set_site(&self, site: &TestSite) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.keychain)?;
        // EXPOSE: a made-up person's token, stored for the start of the test's program.
        let token = site.refresh_token.expose();
        let site = json!({
            "server": site.server, "ca": site.ca, "issuer": site.issuer, "subject": site.subject, "token": token,
        });
        std::fs::write(self.site_path(), site.to_string())
    }

    /// The user id of `person` in this profile.
    #[must_use]
    pub fn user_of(&self, person: TestPerson) -> UserId {
        self.site().map_or_else(|| testing::user_of(person), |site| site.user())
    }

    fn site(&self) -> Option<TestSite> {
        let site: Value = serde_json::from_slice(&std::fs::read(self.site_path()).ok()?).ok()?;
        let text = |name: &str| site.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(TestSite {
            server: text("server")?,
            ca: text("ca").map(PathBuf::from),
            issuer: text("issuer")?,
            subject: text("subject")?,
            refresh_token: Secret::new(text("token")?),
        })
    }

    fn site_path(&self) -> PathBuf {
        self.keychain.join("site.json")
    }

    /// The otpauth address in the phone of `person`, once [`TestSession::open`] has run.
    ///
    /// # Errors
    /// File errors.
    pub fn phone(&self, person: TestPerson) -> std::io::Result<Secret<String>> {
        std::fs::read_to_string(self.phone_path(person)).map(Secret::new)
    }

    fn phone_path(&self, person: TestPerson) -> PathBuf {
        self.keychain.join(format!("phone-{}", person.subject))
    }

    fn resume_path(&self, person: TestPerson) -> PathBuf {
        self.keychain.join(format!("resume-{}", person.subject))
    }
}

/// Unlocks with the password alone.
fn unlock_alone(app: &Workstation, user: UserId) -> Result<(), FailureDto> {
    let user = user.to_string();
    let password = testing::PASSWORD.to_owned();
    unlock::unlock(app, UnlockDto { user, password, code: None, phone_time: None }).map(|_| ())
}

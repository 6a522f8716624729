//! Who may sign in: a JSON file in the data folder, passwords as Argon2id hashes.

use crate::BackendError;
use crate::certificate::write_private;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use keep_domain::Role;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// One person in the users file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    /// What is typed at sign-in, lower case.
    pub(crate) user: String,
    /// Never changes and is never given to someone else.
    pub(crate) subject: String,
    /// As it is shown.
    pub(crate) name: String,
    pub(crate) roles: Vec<Role>,
    /// Whether the restricted segment is assigned to this person, besides the roles.
    #[serde(default)]
    pub(crate) restricted: bool,
    /// Seed of the sign-in code, base32.
    pub(crate) totp: String,
    /// Id of the Practitioner resource.
    pub(crate) practitioner: String,
    /// PHC string. One of this and `password`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_hash: Option<String>,
    /// In clear only in a file given with `--users`; hashed before it is kept.
    #[serde(default, skip_serializing)]
    pub(crate) password: Option<String>,
    /// A disabled person can neither sign in nor refresh.
    #[serde(default)]
    pub(crate) disabled: bool,
}

impl Person {
    /// What the claim of the roles lists: the roles, and `restricted` where that is assigned.
    pub(crate) fn assigned(&self) -> Vec<&'static str> {
        self.roles.iter().map(|r| r.name()).chain(self.restricted.then_some("restricted")).collect()
    }
}

/// Everyone.
#[derive(Debug, Default)]
pub(crate) struct People(Vec<Person>);

impl People {
    /// Reads `given` (a path and its text) into the data folder, or what is there already, or nobody.
    ///
    /// # Errors
    /// [`BackendError::Users`] when the file is not a list of people.
    pub(crate) fn open(data: &Path, given: Option<(&Path, &str)>) -> Result<Self, BackendError> {
        let kept = data.join("users.json");
        if let Some((path, text)) = given {
            let mut people = read(path, text)?;
            for person in &mut people {
                if let Some(password) = person.password.take() {
                    person.password_hash = Some(make_hash(&password)?);
                }
                person.user = person.user.to_lowercase();
            }
            let text = serde_json::to_string_pretty(&people)
                .map_err(|_| BackendError::Users { path: kept.clone(), line: 0 })?;
            write_private(&kept, text.as_bytes())?;
            return Ok(Self(people));
        }
        if !kept.exists() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(&kept).map_err(BackendError::io(format!("reading {}", kept.display())))?;
        Ok(Self(read(&kept, &text)?))
    }

    /// Who types this name.
    pub(crate) fn named(&self, user: &str) -> Option<&Person> {
        let user = user.trim().to_lowercase();
        self.0.iter().find(|p| p.user == user)
    }

    /// Whose subject this is.
    pub(crate) fn with_subject(&self, subject: &str) -> Option<&Person> {
        self.0.iter().find(|p| p.subject == subject)
    }
}

impl Person {
    /// Whether this is the password.
    pub(crate) fn knows(&self, password: &str) -> bool {
        let Some(hash) = &self.password_hash else { return false };
        Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok()
    }
}

/// Hashes for nothing, so that an unknown name takes as long as a known one.
pub(crate) fn spend_time(password: &str) {
    make_hash(password).ok();
}

fn read(path: &Path, text: &str) -> Result<Vec<Person>, BackendError> {
    serde_json::from_str(text).map_err(|e| BackendError::Users { path: path.to_path_buf(), line: e.line() })
}

/// Argon2id with the library's floor (19 MiB, two passes).
fn make_hash(password: &str) -> Result<String, BackendError> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|_| BackendError::Random)?;
    Ok(hash.to_string())
}

//! The users who may sign in: a JSON file in the data folder, passwords as Argon2id hashes.

use crate::error::BackendError;
use crate::private_file::write_private;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use keep_domain::Role;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// One user in the users file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    /// Name entered at sign-in, lower case.
    #[serde(rename = "user")]
    pub(crate) user_name: String,
    /// Permanent and never assigned to another user.
    pub(crate) subject: String,
    /// Full name.
    #[serde(rename = "name")]
    pub(crate) display_name: String,
    pub(crate) roles: Vec<Role>,
    /// Whether the user also has access to the restricted segment.
    #[serde(default)]
    pub(crate) restricted: bool,
    /// Seed of the one-time code, base32.
    pub(crate) totp: String,
    /// Id of the Practitioner resource.
    pub(crate) practitioner: String,
    /// PHC string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_hash: Option<String>,
    /// Plain password in a file given with `--users`; hashed before it is stored.
    #[serde(default, skip_serializing)]
    pub(crate) password: Option<String>,
    /// A disabled user can neither sign in nor refresh tokens.
    #[serde(default)]
    pub(crate) disabled: bool,
}

impl User {
    /// The claim `roles`: the roles, and `restricted` for access to that segment.
    pub(crate) fn role_claims(&self) -> Vec<&'static str> {
        self.roles.iter().map(|r| r.name()).chain(self.restricted.then_some("restricted")).collect()
    }

    /// Whether this is the user's password.
    pub(crate) fn verify_password(&self, password: &str) -> bool {
        let Some(hash) = &self.password_hash else { return false };
        Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok()
    }
}

/// All users.
#[derive(Debug, Default)]
pub(crate) struct Users(Vec<User>);

impl Users {
    /// Stores `given`, a users file's path and text, in the data folder; without it, loads the stored users, if any.
    ///
    /// # Errors
    /// [`BackendError::Users`] if the file is not a list of users.
    pub(crate) fn open(data: &Path, given: Option<(&Path, &str)>) -> Result<Self, BackendError> {
        let stored = data.join("users.json");
        if let Some((path, text)) = given {
            let mut users = parse(path, text)?;
            for user in &mut users {
                if let Some(password) = user.password.take() {
                    user.password_hash = Some(make_hash(&password)?);
                }
                user.user_name = user.user_name.to_lowercase();
            }
            let text = serde_json::to_string_pretty(&users)
                .map_err(|_| BackendError::Users { path: stored.clone(), line: 0 })?;
            write_private(&stored, text.as_bytes())?;
            return Ok(Self(users));
        }
        if !stored.exists() {
            return Ok(Self::default());
        }
        let text =
            std::fs::read_to_string(&stored).map_err(BackendError::io(format!("reading {}", stored.display())))?;
        Ok(Self(parse(&stored, &text)?))
    }

    /// The user with this name, in any case.
    pub(crate) fn with_name(&self, name: &str) -> Option<&User> {
        let name = name.trim().to_lowercase();
        self.0.iter().find(|u| u.user_name == name)
    }

    /// The user with this subject.
    pub(crate) fn with_subject(&self, subject: &str) -> Option<&User> {
        self.0.iter().find(|u| u.subject == subject)
    }
}

/// Hashes a password, so that an unknown user name takes as long as a known one.
pub(crate) fn simulate_verification(password: &str) {
    make_hash(password).ok();
}

fn parse(path: &Path, text: &str) -> Result<Vec<User>, BackendError> {
    serde_json::from_str(text).map_err(|e| BackendError::Users { path: path.to_path_buf(), line: e.line() })
}

/// Argon2id with the library's default parameters (19 MiB, two passes).
fn make_hash(password: &str) -> Result<String, BackendError> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|_| BackendError::Random)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_stored_as_argon2id_hashes() {
        let data = tempfile::tempdir().expect("folder");
        let file = r#"[{"user":"Amara","subject":"s","name":"n","roles":[],"totp":"","practitioner":"p","password":"secret"}]"#;
        let users = Users::open(data.path(), Some((Path::new("users"), file))).expect("users");
        let amara = users.with_name("amara").expect("amara");
        assert!(amara.password.is_none());
        assert!(amara.password_hash.as_deref().is_some_and(|h| h.starts_with("$argon2id$")));
        assert!(amara.verify_password("secret") && !amara.verify_password("Secret"));
    }
}

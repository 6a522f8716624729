//! What an identity provider signed about a user.

use std::fmt;

/// The signed tokens of one sign-in or refresh, from which role and identity are read.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderStatement {
    /// The ID token, a compact JWS.
    pub id_token: String,
    /// The token that lists the roles, where that is not the ID token: an access token, which a server may still accept
    /// as a credential, or a signed userinfo response.
    pub roles_token: Option<String>,
}

impl ProviderStatement {
    /// A statement whose ID token lists the roles.
    #[must_use]
    pub const fn of_id_token(id_token: String) -> Self {
        Self { id_token, roles_token: None }
    }
}

impl fmt::Debug for ProviderStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProviderStatement(***)")
    }
}

//! Refresh tokens in the database.
//!
//! They rotate. An old token is accepted a second time, because the response may have been lost
//! (as in Keycloak with `refreshTokenMaxReuse` 1); a third use revokes the whole family.

use super::signing::digest;
use crate::fhir_error::FhirError;
use crate::storage::Storage;
use keep_domain::UtcMillis;
use rusqlite::{OptionalExtension, Transaction, params};
use std::sync::Arc;

/// Lifetime of a token family, s.
pub(crate) const FAMILY_SECONDS: i64 = 30 * 86_400;

/// A sign-in and its refresh tokens.
#[derive(Debug)]
pub(crate) struct TokenFamily {
    pub(crate) id: String,
    pub(crate) subject: String,
    pub(crate) client: String,
    pub(crate) scope: String,
    /// s
    pub(crate) auth_time: i64,
}

/// All token families. Methods fail with 500 if the database fails.
#[derive(Debug)]
pub(crate) struct RefreshTokens(Arc<Storage>);

impl RefreshTokens {
    /// The token families in a database.
    pub(crate) const fn new(storage: Arc<Storage>) -> Self {
        Self(storage)
    }

    /// Stores a new token. `parent` is the digest of the token that it replaces, empty at sign-in.
    pub(crate) fn insert(
        &self,
        family: &TokenFamily,
        token: &str,
        parent: &str,
        now: UtcMillis,
    ) -> Result<(), FhirError> {
        let ends = now.seconds() + FAMILY_SECONDS;
        self.0.write(|t| {
            t.execute(
                "INSERT OR IGNORE INTO family (family, user, client, scope, auth_time, ends, revoked) VALUES (?, ?, ?, ?, ?, ?, 0)",
                params![family.id, family.subject, family.client, family.scope, family.auth_time, ends],
            )
            .and_then(|_| {
                t.execute(
                    "INSERT INTO refresh (digest, family, parent, uses) VALUES (?, ?, ?, 0)",
                    params![digest(token), family.id, parent],
                )
            })
            .map(|_| ())
            .map_err(FhirError::database)
        })
    }

    /// Uses a token of `client`, given by its digest; `None` if it is not valid.
    pub(crate) fn redeem(
        &self,
        token_digest: &str,
        client: &str,
        now: UtcMillis,
    ) -> Result<Option<TokenFamily>, FhirError> {
        self.0.write(|t| {
            let row = t
                .query_row(
                    "SELECT r.uses, f.family, f.user, f.client, f.scope, f.auth_time, f.ends, f.revoked
                     FROM refresh r JOIN family f ON f.family = r.family WHERE r.digest = ?",
                    [token_digest],
                    |r| {
                        let family = TokenFamily {
                            id: r.get(1)?,
                            subject: r.get(2)?,
                            client: r.get(3)?,
                            scope: r.get(4)?,
                            auth_time: r.get(5)?,
                        };
                        Ok((r.get::<_, i64>(0)?, family, r.get::<_, i64>(6)?, r.get::<_, bool>(7)?))
                    },
                )
                .optional()
                .map_err(FhirError::database)?;
            let Some((uses, family, ends, revoked)) = row else { return Ok(None) };
            if revoked || ends < now.seconds() || family.client != client {
                return Ok(None);
            }
            if uses > 1 {
                revoke(t, "family = ?", &family.id)?;
                return Ok(None);
            }
            // On its second use, the token in the lost response becomes invalid.
            t.execute("UPDATE refresh SET uses = 2 WHERE parent = ?", [token_digest])
                .and_then(|_| t.execute("UPDATE refresh SET uses = uses + 1 WHERE digest = ?", [token_digest]))
                .map_err(FhirError::database)?;
            Ok(Some(family))
        })
    }

    /// Revokes a family.
    pub(crate) fn revoke_family(&self, family: &str) -> Result<(), FhirError> {
        self.0.write(|t| revoke(t, "family = ?", family))
    }

    /// Revokes the family of a token, if the token is known.
    pub(crate) fn revoke_token(&self, token: &str) -> Result<(), FhirError> {
        self.0.write(|t| revoke(t, "family = (SELECT family FROM refresh WHERE digest = ?)", &digest(token)))
    }
}

fn revoke(transaction: &Transaction<'_>, condition: &str, value: &str) -> Result<(), FhirError> {
    let sql = format!("UPDATE family SET revoked = 1 WHERE {condition}");
    transaction.execute(&sql, [value]).map(|_| ()).map_err(FhirError::database)
}

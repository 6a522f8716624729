//! The claims of ID tokens (OpenID Connect Core 1.0, 3.1.3.7 and 12.2).

use crate::error::TokenError;
use crate::jwks::Jwks;
use crate::jws::{SignedContent, verify_jws};
use crate::roles_claim::{NamedRoles, RolesClaim};
use keep_domain::{Role, UtcMillis};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Seconds by which two clocks may disagree.
pub(crate) const SKEW_SECONDS: i64 = 60;
/// Seconds after its issue within which a token must arrive.
pub(crate) const MAX_AGE_SECONDS: i64 = 600;

/// Authentication methods that are more than something the user knows (RFC 8176, section 2).
const SECOND_FACTORS: [&str; 12] =
    ["mfa", "otp", "hwk", "swk", "sc", "pop", "sms", "tel", "fpt", "face", "iris", "vbm"];

/// What an ID token must contain.
#[derive(Debug, Clone)]
pub struct ExpectedClaims<'a> {
    /// The issuer, compared byte by byte.
    pub issuer: &'a str,
    /// This client, which must be in `aud` (and be `azp` where that is given).
    pub client_id: &'a str,
    /// The nonce of the sign-in; `None` only for a refreshed token, which has none or the first one.
    pub nonce: Option<&'a str>,
    /// The subject, where it is known (refresh, repeated sign-in).
    pub subject: Option<&'a str>,
    /// The `Date` of the response with the token, or trusted time where the `Date` is ahead of it.
    pub now: UtcMillis,
    /// Acceptable `acr` values; empty = not required.
    pub acr: &'a [String],
    /// `amr` values that must all be present; empty = not required.
    pub amr: &'a [String],
    /// Longest time since the user authenticated, seconds; `None` = not required.
    pub max_age: Option<i64>,
    /// Whether the token must state a second factor, by one of `acr` or by a method of RFC 8176.
    pub second_factor: bool,
    /// Where the roles are listed.
    pub roles: &'a RolesClaim,
}

/// The claims of a verified statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedClaims {
    /// Issuer.
    pub issuer: String,
    /// Subject, unique and never reused within the issuer.
    pub subject: String,
    /// The staff member's name for display; empty where the provider gives none.
    pub name: String,
    /// Known roles only, without repetition; others in the claim are ignored.
    pub roles: Vec<Role>,
    /// The names in the roles claim as the provider gives them, at most 32; `None` without the claim.
    pub named_roles: Option<Vec<String>>,
    /// Whether the roles claim also contains `restricted`, which assigns the restricted segment.
    pub restricted: bool,
    /// Issued at, seconds since the epoch.
    pub issued_at: i64,
    /// When the user authenticated, seconds since the epoch.
    pub auth_time: Option<i64>,
    /// Authentication context, as given.
    pub acr: Option<String>,
    /// Id of the ID token's signing key.
    pub key_id: String,
    /// The signing key as a JWK with its public members only; a set of two where another key signed the roles token.
    pub jwk: String,
    /// SHA-256 of the ID token's text.
    pub token_hash: [u8; 32],
}

#[derive(Deserialize)]
struct RawClaims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    auth_time: Option<i64>,
    acr: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
    at_hash: Option<String>,
    name: Option<String>,
    preferred_username: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    /// Whether `client` is one of those addressed.
    pub(crate) fn names(&self, client: &str) -> bool {
        match self {
            Self::One(one) => one == client,
            Self::Many(all) => all.iter().any(|a| a == client),
        }
    }
}

impl VerifiedClaims {
    /// Replaces the roles by those of another token of the same statement.
    pub(crate) fn take_roles(&mut self, read: NamedRoles) {
        (self.roles, self.restricted, self.named_roles) = (read.roles, read.restricted, read.named);
    }
}

/// Verifies `token`; the roles are those that the ID token itself lists. Returns its `at_hash`, too.
///
/// # Errors
/// The first [`TokenError`] found; the signature is checked before any claim is read.
pub(crate) fn read_id_token(
    token: &str,
    keys: &Jwks,
    expected: &ExpectedClaims<'_>,
) -> Result<(VerifiedClaims, Option<String>), TokenError> {
    let SignedContent { claims: all, key_id, jwk } = verify_jws(token, keys)?;
    let claims = RawClaims::deserialize(&all).map_err(|_| TokenError::Malformed)?;
    check_claims(&claims, expected)?;
    let NamedRoles { roles, restricted, named } = expected.roles.read(&all);
    let verified = VerifiedClaims {
        roles,
        restricted,
        named_roles: named,
        issuer: claims.iss,
        subject: claims.sub,
        name: claims.name.or(claims.preferred_username).unwrap_or_default(),
        issued_at: claims.iat,
        auth_time: claims.auth_time,
        acr: claims.acr,
        key_id,
        jwk,
        token_hash: Sha256::digest(token.as_bytes()).into(),
    };
    Ok((verified, claims.at_hash))
}

fn check_claims(claims: &RawClaims, expected: &ExpectedClaims<'_>) -> Result<(), TokenError> {
    let now = expected.now.seconds();
    let ensure = |ok: bool, error: TokenError| if ok { Ok(()) } else { Err(error) };
    ensure(claims.iss == expected.issuer, TokenError::Issuer)?;
    let is_only = match &claims.aud {
        Audience::One(_) => true,
        Audience::Many(all) => all.len() == 1,
    };
    ensure(claims.aud.names(expected.client_id), TokenError::Audience)?;
    match &claims.azp {
        Some(azp) => ensure(azp == expected.client_id, TokenError::Audience)?,
        None => ensure(is_only, TokenError::Audience)?,
    }
    let has_subject = !claims.sub.is_empty() && claims.sub.len() <= 255;
    ensure(has_subject && expected.subject.is_none_or(|s| s == claims.sub), TokenError::Subject)?;
    ensure(now < claims.exp.saturating_add(SKEW_SECONDS), TokenError::Expired)?;
    ensure(claims.iat <= now.saturating_add(SKEW_SECONDS), TokenError::IssuedAt)?;
    ensure(claims.iat >= now.saturating_sub(MAX_AGE_SECONDS), TokenError::IssuedAt)?;
    ensure(claims.nbf.is_none_or(|t| t <= now.saturating_add(SKEW_SECONDS)), TokenError::IssuedAt)?;
    if let Some(nonce) = expected.nonce {
        ensure(claims.nonce.as_deref() == Some(nonce), TokenError::Nonce)?;
    }
    ensure(expected.acr.is_empty() || claims.acr.as_ref().is_some_and(|a| expected.acr.contains(a)), TokenError::Acr)?;
    ensure(expected.amr.iter().all(|m| claims.amr.contains(m)), TokenError::Amr)?;
    // A site that lists `acr` values says by them what its second factor is.
    let states_second_factor = claims.amr.iter().any(|m| SECOND_FACTORS.contains(&m.as_str()));
    ensure(!expected.second_factor || !expected.acr.is_empty() || states_second_factor, TokenError::SecondFactor)?;
    if let Some(limit) = expected.max_age {
        let fresh = |at: i64| now.saturating_sub(at) <= limit.saturating_add(SKEW_SECONDS);
        ensure(claims.auth_time.is_some_and(fresh), TokenError::AuthTime)?;
    }
    ensure(claims.auth_time.is_none_or(|at| at <= now.saturating_add(SKEW_SECONDS)), TokenError::AuthTime)
}

#[cfg(test)]
pub(crate) mod tests;

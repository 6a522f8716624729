//! An identity provider that signs whatever a test lets it state.

use super::{Statement, TestPerson};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use keep_domain::{ProviderStatement, UtcMillis};
use serde_json::{Value, json};

/// A provider with one signing key.
pub(crate) struct TestProvider(rcgen::KeyPair);

impl TestProvider {
    /// A provider with a new key; `None` where there are no random bytes.
    pub(crate) fn new() -> Option<Self> {
        rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).ok().map(Self)
    }

    /// Its key as the provider publishes it.
    fn jwk(&self) -> Option<String> {
        let (x, y) = self.0.public_key_raw().get(1..)?.split_at_checked(32)?;
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        Some(json!({"kid": "k1", "kty": "EC", "crv": "P-256", "x": x, "y": y}).to_string())
    }

    /// Signs that `person` signed in at `now`.
    pub(crate) fn state(
        &self,
        person: TestPerson,
        (issuer, subject): (&str, &str),
        nonce: &str,
        now: UtcMillis,
        restricted: bool,
    ) -> Option<Statement> {
        let roles: Vec<&str> = std::iter::once(person.role.name()).chain(restricted.then_some("restricted")).collect();
        self.state_roles(person, (issuer, subject), nonce, now, &roles)
    }

    /// Signs that `person` signed in at `now`, with any list of roles.
    pub(crate) fn state_roles(
        &self,
        person: TestPerson,
        (issuer, subject): (&str, &str),
        nonce: &str,
        now: UtcMillis,
        roles: &[&str],
    ) -> Option<Statement> {
        let claims = json!({
            "iss": issuer, "sub": subject, "aud": "chartkeep-desktop", "name": person.name,
            "exp": now.seconds().saturating_add(300), "iat": now.seconds(), "nonce": nonce, "roles": roles,
        });
        Some(Statement { statement: ProviderStatement::of_id_token(self.sign(&claims)?), jwk: self.jwk()? })
    }

    /// As a new realm of Keycloak does: the roles are in the access token only, which the ID token names.
    #[cfg(test)]
    pub(crate) fn state_in_access_token(
        &self,
        person: TestPerson,
        subject: &str,
        nonce: &str,
        now: UtcMillis,
    ) -> Option<Statement> {
        let (issuer, expires) = ("https://id.example", now.seconds().saturating_add(300));
        let access = self.sign(&json!({
            "iss": issuer, "sub": subject, "aud": "account", "azp": "chartkeep-desktop", "typ": "Bearer",
            "exp": expires, "iat": now.seconds(), "realm_access": {"roles": ["offline_access", person.role.name()]},
        }))?;
        let digest: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(access.as_bytes()).into();
        let id_token = self.sign(&json!({
            "iss": issuer, "sub": subject, "aud": "chartkeep-desktop", "name": person.name, "exp": expires,
            "iat": now.seconds(), "nonce": nonce, "at_hash": URL_SAFE_NO_PAD.encode(digest.split_at(16).0),
        }))?;
        let statement = ProviderStatement { id_token, roles_token: Some(access) };
        Some(Statement { statement, jwk: self.jwk()? })
    }

    fn sign(&self, claims: &Value) -> Option<String> {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = json!({"alg": "ES256", "typ": "JWT", "kid": "k1"});
        let message = format!("{}.{}", part(&header), part(claims));
        let key = EncodingKey::from_ec_der(self.0.serialized_der());
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::ES256).ok()?;
        Some(format!("{message}.{signature}"))
    }
}

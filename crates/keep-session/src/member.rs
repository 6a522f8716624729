//! Looks up member records against the keys that this person's own sign-in fetched.

use crate::app::App;
use crate::fault::Fault;
use keep_domain::{ErrorCode, UserId, UtcMillis};
use keep_keys::{KeyRing, LeaseRecord, MemberRecord, VerifiedClaims, VerifiedMember};
use keep_sync::{Expected, Jwks, verify_id_token};

impl App {
    /// Verifies a colleague's member record: the provider's signature over who holds which keys in which role.
    ///
    /// The signing key is the one that the session's own sign-in fetched and kept in its lease; a record signed
    /// by another key of the provider waits for the next online sign-in.
    pub(crate) fn verify_member(&self, record: &MemberRecord, ring: &KeyRing) -> Result<VerifiedMember, Fault> {
        let lease = ring.lease().ok_or_else(|| Fault::of(ErrorCode::SignInNeeded))?;
        let keys = Jwks::from_json(&format!("{{\"keys\":[{}]}}", lease.jwk))?;
        let nonce = record.nonce();
        let workstation = self.workstation();
        let expected = Expected {
            issuer: &lease.issuer,
            client_id: &workstation.client_id,
            nonce: Some(&nonce),
            subject: None,
            // The statement is about keys, not about a session: it counts as of when it was made.
            now: record.claimed_issue().ok_or_else(|| Fault::of(ErrorCode::Refused))?,
            acr: &[],
            amr: &[],
            max_age: None,
            roles_claim: "roles",
        };
        let claims = verify_id_token(&record.id_token, &keys, &expected).map_err(|_| Fault::of(ErrorCode::Refused))?;
        let claims = self.slot_claims(&claims, nonce);
        if UserId::of(&claims.issuer, &claims.subject) != record.user {
            return Err(Fault::of(ErrorCode::Refused));
        }
        Ok(record.verify(&claims)?)
    }

    /// What is kept of a verified sign-in, so that work goes on while offline.
    pub(crate) fn lease_of(&self, claims: &keep_sync::VerifiedClaims) -> LeaseRecord {
        let policy = &self.workstation().policy;
        let issued_at = UtcMillis(claims.issued_at.saturating_mul(1000));
        LeaseRecord {
            issuer: claims.issuer.clone(),
            subject: claims.subject.clone(),
            roles: claims.roles.clone(),
            restricted: claims.restricted && policy.lets_restricted(&claims.roles),
            issued_at,
            lease_end: LeaseRecord::end_for(issued_at, policy),
            kid: claims.key_id.clone(),
            token_hash: claims.token_hash,
            jwk: claims.jwk.clone(),
        }
    }

    /// The claims as keep-keys wants them; the restricted segment is the provider's assignment, which policy narrows.
    pub(crate) fn slot_claims(&self, claims: &keep_sync::VerifiedClaims, nonce: String) -> VerifiedClaims {
        VerifiedClaims {
            issuer: claims.issuer.clone(),
            subject: claims.subject.clone(),
            name: claims.name.clone(),
            roles: claims.roles.clone(),
            restricted: claims.restricted && self.workstation().policy.lets_restricted(&claims.roles),
            nonce,
            issued_at: UtcMillis(claims.issued_at.saturating_mul(1000)),
        }
    }
}

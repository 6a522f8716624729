//! Verifying member records with the keys that this user's own sign-in fetched.

use crate::error::SessionError;
use crate::workstation::Workstation;
use keep_domain::{ErrorCode, UserId, UtcMillis};
use keep_keys::{KeyRing, MemberClaims, MemberRecord, VerifiedMember};

impl Workstation {
    /// Verifies a colleague's member record: the provider's statement about their keys and role.
    ///
    /// The signing key is the one that the session's own sign-in fetched; a record signed by another key of the provider
    /// waits for the next online sign-in.
    pub(crate) fn verify_member(&self, record: &MemberRecord, ring: &KeyRing) -> Result<VerifiedMember, SessionError> {
        let lease = ring.lease().ok_or(ErrorCode::SignInNeeded)?;
        let nonce = record.nonce();
        let verified = self.verify_stored_token(&record.id_token, &lease.jwk, Some(&lease.issuer), Some(&nonce));
        let claims = verified.map_err(|_| ErrorCode::Refused)?;
        let claims = self.slot_claims(&claims, nonce);
        if UserId::of(&claims.issuer, &claims.subject) != record.user {
            return Err(ErrorCode::Refused.into());
        }
        Ok(record.verify(&claims)?)
    }

    /// The claims for keep-keys. The provider assigns the restricted segment; policy can only narrow that.
    pub(crate) fn slot_claims(&self, claims: &keep_sync::VerifiedClaims, nonce: String) -> MemberClaims {
        MemberClaims {
            issuer: claims.issuer.clone(),
            subject: claims.subject.clone(),
            name: claims.name.clone(),
            roles: claims.roles.clone(),
            restricted: claims.restricted && self.settings().policy.permits_restricted(&claims.roles),
            nonce,
            issued_at: UtcMillis(claims.issued_at.saturating_mul(1000)),
        }
    }
}

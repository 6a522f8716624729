//! Role, assignment and lease end, read from the provider's signed statement at each unlock, and member records, verified
//! with the keys of that statement.
//!
//! INVARIANT: none of them is read from a file that the user could write with their own keys.

use crate::error::SessionError;
use crate::workstation::Workstation;
use keep_audit::{DetailValue, EventDraft};
use keep_domain::{ErrorCode, ProviderStatement, UserId, UtcMillis};
use keep_keys::{
    KeyRing, LeaseRecord, MemberClaims, MemberRecord, OldLease, OpenedSlot, StoredSignIn, UnverifiedIssue,
    VerifiedMember,
};
use keep_sync::{ExpectedClaims, Jwks, TokenError, VerifiedClaims, verify_statement};

impl Workstation {
    /// Derives the lease from the last sign-in and puts it on the ring; `sign_in_needed` without a valid statement.
    pub(crate) fn derive_lease(&self, opened: &mut OpenedSlot) -> Result<(), SessionError> {
        let lease = match opened.ring.sign_in().cloned() {
            None => None,
            Some(StoredSignIn::Signed(record)) => {
                self.lease_from(opened.header.user, &record.statement(), record.jwk(), record.lease_end())
            }
            Some(StoredSignIn::Old(old)) => self.lease_from_old(opened, old)?,
        };
        opened.ring.set_lease(lease.ok_or(ErrorCode::SignInNeeded)?);
        Ok(())
    }

    /// The lease of a sign-in that this device has verified.
    pub(crate) fn lease_of(&self, claims: &VerifiedClaims) -> LeaseRecord {
        let policy = &self.settings().policy;
        let issued_at = UtcMillis(claims.issued_at.saturating_mul(1000));
        LeaseRecord {
            issuer: claims.issuer.clone(),
            subject: claims.subject.clone(),
            name: claims.name.clone(),
            roles: claims.roles.clone(),
            restricted: claims.restricted && policy.permits_restricted(&claims.roles),
            issued_at,
            lease_end: LeaseRecord::end_for(issued_at, policy),
            kid: claims.key_id.clone(),
            token_hash: claims.token_hash,
            jwk: claims.jwk.clone(),
        }
    }

    /// Verifies a stored statement with the keys stored with it, as of the time at which it was issued: its freshness
    /// was checked at the sign-in.
    pub(crate) fn verify_stored(
        &self,
        statement: &ProviderStatement,
        jwk: &str,
        issuer: Option<&str>,
        nonce: Option<&str>,
    ) -> Result<VerifiedClaims, TokenError> {
        let keys = Jwks::from_jwk(jwk).map_err(|_| TokenError::UnknownKey)?;
        let issue = UnverifiedIssue::read(&statement.id_token).ok_or(TokenError::Malformed)?;
        let sign_in = self.sign_in_settings().map_err(|_| TokenError::Malformed)?;
        let settings = self.settings();
        let expected = ExpectedClaims {
            issuer: issuer.unwrap_or(&issue.issuer),
            client_id: &settings.client_id,
            nonce,
            subject: None,
            now: issue.issued_at,
            acr: &[],
            amr: &[],
            max_age: None,
            second_factor: false,
            roles: &sign_in.roles,
        };
        verify_statement(statement, &keys, &expected)
    }

    /// Verifies a colleague's member record: the provider's statement about their keys and role.
    ///
    /// The signing key is the one that the session's own sign-in fetched; a record signed by another key of the provider
    /// waits for the next online sign-in.
    pub(crate) fn verify_member(&self, record: &MemberRecord, ring: &KeyRing) -> Result<VerifiedMember, SessionError> {
        let lease = ring.lease().ok_or(ErrorCode::SignInNeeded)?;
        let nonce = record.nonce();
        let statement = record.statement(&self.enrolled_device()?.device_key)?;
        let verified = self.verify_stored(&statement, &lease.jwk, Some(&lease.issuer), Some(&nonce));
        let claims = verified.map_err(|_| ErrorCode::Refused)?;
        let claims = self.slot_claims(&claims, nonce);
        if UserId::of(&claims.issuer, &claims.subject) != record.user {
            return Err(ErrorCode::Refused.into());
        }
        Ok(record.verify(&claims)?)
    }

    /// The claims for keep-keys. The provider assigns the restricted segment; policy can only narrow that.
    pub(crate) fn slot_claims(&self, claims: &VerifiedClaims, nonce: String) -> MemberClaims {
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

    fn lease_from(
        &self,
        user: UserId,
        statement: &ProviderStatement,
        jwk: &str,
        lease_end: UtcMillis,
    ) -> Option<LeaseRecord> {
        let claims = self.verify_stored(statement, jwk, None, None).ok()?;
        if UserId::of(&claims.issuer, &claims.subject) != user || claims.roles.is_empty() {
            return None;
        }
        let lease = self.lease_of(&claims);
        // The provider signed the time of issue, so a stored end can never be later than policy allows.
        Some(LeaseRecord { lease_end: lease.lease_end.min(lease_end), ..lease })
    }

    /// The lease of a key ring of version 1, which stored no token.
    ///
    /// If it came from the token that is in the slot, it is derived from that and stored as a signed statement from now
    /// on. Otherwise the token of a later sign-in is lost: the lease counts until it ends or the user signs in again,
    /// and only for roles that the slot's own statement names.
    fn lease_from_old(&self, opened: &mut OpenedSlot, old: OldLease) -> Result<Option<LeaseRecord>, SessionError> {
        let user = opened.header.user;
        if UserId::of(&old.issuer, &old.subject) != user {
            return Ok(None);
        }
        let statement = opened.member.statement(&self.enrolled_device()?.device_key)?;
        if old.is_of(&statement.id_token) {
            let lease = self.lease_from(user, &statement, &old.jwk, old.lease_end);
            if let Some(lease) = &lease {
                self.with_slot_unlocker(|unlocker, _| {
                    unlocker.replace_statement(&opened.keys, &mut opened.ring, statement, lease)
                })?;
            }
            return Ok(lease);
        }
        let stated = self.verify_stored(&statement, &old.jwk, Some(&old.issuer), Some(&opened.member.nonce()));
        let (roles, restricted) = match stated {
            Ok(claims) => (claims.roles, claims.restricted),
            // The provider has a new signing key; only the role that the device sealed in the slot is left.
            Err(TokenError::UnknownKey) => (vec![opened.header.role], false),
            Err(_) => return Ok(None),
        };
        let policy = &self.settings().policy;
        let roles: Vec<_> = old.roles.into_iter().filter(|r| roles.contains(r)).collect();
        Ok((!roles.is_empty()).then(|| LeaseRecord {
            restricted: old.restricted && restricted && policy.permits_restricted(&roles),
            roles,
            name: opened.header.display_name.clone(),
            lease_end: LeaseRecord::end_for(old.issued_at, policy).min(old.lease_end),
            issuer: old.issuer,
            subject: old.subject,
            issued_at: old.issued_at,
            kid: old.kid,
            token_hash: old.token_hash,
            jwk: old.jwk,
        }))
    }
}

/// Adds the provider's statement to an event: a forged role shows as an unlock with a token or key that no sign-in
/// fetched.
pub(crate) fn name_statement(event: EventDraft, lease: &LeaseRecord) -> EventDraft {
    event
        .with("token", DetailValue::digest(&lease.token_hash))
        .with("provider_key", DetailValue::digest(&lease.provider_key()))
        .with("lease_end", lease.lease_end)
}

//! The identity provider's signed statement of who holds which keys in which role.

use crate::KeysError;
use crate::b64::{Exactly, encode};
use crate::entropy::{Entropy, make_public};
use crate::held_key::KeyName;
use crate::hpke_key_pair::HpkePublicKey;
use crate::user_keys::MasterKey;
use keep_domain::{DeviceId, Rank, Role, Segment, UserId, UtcMillis, length_prefixed};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The claims of an ID token whose signature, issuer, audience, expiry and algorithm were verified
/// by the caller against keys that its own session fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberClaims {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `name`, for the lock screen.
    pub name: String,
    /// The role claim, known roles only, main role first.
    pub roles: Vec<Role>,
    /// Whether the provider assigned the restricted segment.
    pub restricted: bool,
    /// `nonce`.
    pub nonce: String,
    /// `iat`.
    pub issued_at: UtcMillis,
}

/// What the sign-in nonce commits to. Kept as the record's preimage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoncePreimage {
    device: DeviceId,
    x25519: Exactly<32>,
    ed25519: Exactly<32>,
    random: Exactly<32>,
}

impl NoncePreimage {
    pub(crate) fn make_with(
        device: DeviceId,
        master_key: &MasterKey,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, KeysError> {
        Ok(Self {
            device,
            x25519: Exactly(*master_key.hpke_key_pair().public().as_bytes()),
            ed25519: Exactly(master_key.signer().public()),
            random: Exactly(make_public(entropy)?),
        })
    }

    /// `b64url(SHA-256("chartkeep/enrol/1" ‖ length_prefixed(device) ‖ length_prefixed(x25519) ‖ length_prefixed(ed25519) ‖ length_prefixed(rand32)))`.
    #[must_use]
    pub fn nonce(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"chartkeep/enrol/1");
        hash.update(length_prefixed(&[self.device.as_bytes(), &self.x25519.0, &self.ed25519.0, &self.random.0]));
        encode(&hash.finalize())
    }
}

/// ID token and preimage of one member of a device; lies in clear in the slot, for colleagues to check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberRecord {
    /// Who.
    pub user: UserId,
    preimage: NoncePreimage,
    /// The compact JWS as the provider signed it.
    pub id_token: String,
}

/// What a token says of its issue, read before anything is verified: only good for asking that issuer, and for asking
/// whether the token was valid then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedIssue {
    /// `iss`.
    pub issuer: String,
    /// `iat`.
    pub issued_at: UtcMillis,
}

#[derive(Deserialize)]
struct Claimed {
    iss: String,
    iat: i64,
}

impl UnverifiedIssue {
    /// Reads a compact JWS; `None` for text that is no token.
    #[must_use]
    pub fn read(id_token: &str) -> Option<Self> {
        let payload = id_token.split('.').nth(1)?;
        let bytes = data_encoding::BASE64URL_NOPAD.decode(payload.as_bytes()).ok()?;
        let claimed: Claimed = serde_json::from_slice(&bytes).ok()?;
        Some(Self { issuer: claimed.iss, issued_at: UtcMillis(claimed.iat.saturating_mul(1000)) })
    }
}

impl MemberRecord {
    /// A record of `claims`, which are those of `id_token`.
    ///
    /// # Errors
    /// [`KeysError::Refused`] when the token was not issued for these keys.
    pub(crate) fn new(preimage: NoncePreimage, id_token: String, claims: &MemberClaims) -> Result<Self, KeysError> {
        let record = Self { user: UserId::of(&claims.issuer, &claims.subject), preimage, id_token };
        record.verify(claims)?;
        Ok(record)
    }

    /// The device that the keys belong to.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.preimage.device
    }

    /// The Ed25519 key that the record claims; believed only after [`MemberRecord::verify`].
    #[must_use]
    pub const fn ed25519(&self) -> &[u8; 32] {
        &self.preimage.ed25519.0
    }

    /// The `nonce` that the token must carry for these keys.
    #[must_use]
    pub fn nonce(&self) -> String {
        self.preimage.nonce()
    }

    /// Who the token says issued it, read before anything is verified: only good for asking that issuer again.
    /// `None` for text that is no token.
    #[must_use]
    pub fn claimed_issuer(&self) -> Option<String> {
        UnverifiedIssue::read(&self.id_token).map(|issue| issue.issuer)
    }

    /// Checks that `claims`, read from this record's token by the caller, state these keys of this person.
    ///
    /// # Errors
    /// [`KeysError::Refused`].
    pub fn verify(&self, claims: &MemberClaims) -> Result<VerifiedMember, KeysError> {
        if claims.nonce != self.preimage.nonce() {
            return Err(KeysError::Refused("the token was issued for other keys"));
        }
        if UserId::of(&claims.issuer, &claims.subject) != self.user {
            return Err(KeysError::Refused("the token names another person"));
        }
        if claims.roles.is_empty() {
            return Err(KeysError::Refused("the token names no role"));
        }
        Ok(VerifiedMember {
            user: self.user,
            device: self.preimage.device,
            hpke: HpkePublicKey::from_bytes(self.preimage.x25519.0),
            ed25519: self.preimage.ed25519.0,
            name: claims.name.clone(),
            roles: claims.roles.clone(),
            restricted: claims.restricted,
        })
    }

    pub(crate) fn canonical(&self) -> Vec<u8> {
        let p = &self.preimage;
        length_prefixed(&[
            b"chartkeep/member/1",
            self.user.as_bytes(),
            p.device.as_bytes(),
            &p.x25519.0,
            &p.ed25519.0,
            &p.random.0,
            self.id_token.as_bytes(),
        ])
    }
}

/// A member whose record was checked in this session; only [`MemberRecord::verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedMember {
    user: UserId,
    device: DeviceId,
    hpke: HpkePublicKey,
    ed25519: [u8; 32],
    name: String,
    roles: Vec<Role>,
    restricted: bool,
}

impl VerifiedMember {
    /// Who.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// On which device.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    /// Name as the provider gives it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Roles as the provider gives them.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The highest rank of the roles, restricted only where it was assigned.
    #[must_use]
    pub fn rank(&self) -> Rank {
        let restricted = self.may_hold(KeyName::Segment(Segment::Restricted));
        let best = self.roles.iter().map(|r| r.rank()).max().unwrap_or(Rank::NONE);
        if restricted { Rank::up_to(Segment::Restricted) } else { best }
    }

    /// Whether any of the roles entitles to a key.
    #[must_use]
    pub fn may_hold(&self, name: KeyName) -> bool {
        self.roles.iter().any(|r| name.may_be_held_by(*r, self.restricted))
    }

    /// What grants to this member are sealed to.
    #[must_use]
    pub const fn hpke(&self) -> HpkePublicKey {
        self.hpke
    }

    /// What this member signs with.
    #[must_use]
    pub const fn ed25519(&self) -> &[u8; 32] {
        &self.ed25519
    }
}

#[cfg(test)]
impl MemberRecord {
    pub(crate) fn for_tests(context: crate::SlotContext, master_key: &MasterKey) -> Self {
        let entropy = &mut crate::entropy::FixedEntropy::named("member");
        let preimage = NoncePreimage::make_with(context.device, master_key, entropy).unwrap();
        Self { user: context.user, preimage, id_token: String::from("header.payload.signature") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::FixedEntropy;
    use keep_domain::Secret;

    fn preimage() -> NoncePreimage {
        let master_key = MasterKey::from_secret(Secret::new([6; 32]));
        let entropy = &mut FixedEntropy::named("member");
        NoncePreimage::make_with(DeviceId::from_bytes([0xd0; 16]), &master_key, entropy).unwrap()
    }

    fn leila() -> MemberClaims {
        MemberClaims {
            issuer: String::from("https://id.example"),
            subject: String::from("leila"),
            name: String::from("Leila Patel"),
            roles: vec![Role::FrontDesk],
            restricted: false,
            nonce: preimage().nonce(),
            issued_at: UtcMillis(0),
        }
    }

    #[test]
    fn the_nonce_is_frozen() {
        crate::frozen::check("nonce.txt", include_str!("vectors/nonce.txt"), &preimage().nonce());
    }

    #[test]
    fn a_token_for_other_keys_or_another_person_is_refused() {
        let record = MemberRecord::new(preimage(), String::from("a.b.c"), &leila()).unwrap();
        assert_eq!(record.verify(&leila()).unwrap().rank(), Rank::up_to(Segment::Directory));
        let other_keys = MemberClaims { nonce: String::from("x"), ..leila() };
        let other_person = MemberClaims { subject: String::from("mallory"), ..leila() };
        let no_role = MemberClaims { roles: Vec::new(), ..leila() };
        for claims in [other_keys, other_person, no_role] {
            assert!(matches!(record.verify(&claims), Err(KeysError::Refused(_))));
        }
    }

    #[test]
    fn restricted_needs_an_assignment_and_a_role_that_may() {
        let member = |role, restricted| {
            let claims = MemberClaims { roles: vec![role], restricted, ..leila() };
            MemberRecord::new(preimage(), String::new(), &claims).unwrap().verify(&claims).unwrap().rank()
        };
        assert_eq!(member(Role::Nurse, true), Rank::up_to(Segment::Restricted));
        assert_eq!(member(Role::Nurse, false), Rank::up_to(Segment::Clinical));
        assert_eq!(member(Role::FrontDesk, true), Rank::up_to(Segment::Directory));
    }
}

//! Member records: the identity provider's signed statement of who holds which keys in which role.

use crate::base64url::Base64Bytes;
use crate::entropy::Entropy;
use crate::nonce_preimage::NoncePreimage;
use crate::{DeviceKey, HpkePublicKey, KeyName, KeysError, UnverifiedIssue, aead};
use keep_domain::{DeviceId, ProviderStatement, Rank, Role, Segment, UserId, UtcMillis, length_prefixed};
use serde::{Deserialize, Serialize};

/// Claims of a provider's statement. The caller has verified its signature, issuer, audience, expiry and algorithm against
/// keys that its own session fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberClaims {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `name`, for the lock screen.
    pub name: String,
    /// The known roles of the role claim, main role first.
    pub roles: Vec<Role>,
    /// Whether the provider assigned the restricted segment.
    pub restricted: bool,
    /// `nonce`.
    pub nonce: String,
    /// `iat`.
    pub issued_at: UtcMillis,
}

/// ID token and nonce preimage of one member of a device; stored in cleartext in the slot, for colleagues to check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberRecord {
    /// The member.
    pub user: UserId,
    preimage: NoncePreimage,
    /// The compact JWS signed by the provider.
    pub id_token: String,
    /// The token that lists the roles, where that is not the ID token; sealed, since it may be an access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    roles_token: Option<Base64Bytes>,
}

impl MemberRecord {
    /// A record with `claims`, which must be those of `statement`.
    ///
    /// # Errors
    /// [`KeysError::Refused`] if the token was not issued for these keys.
    pub(crate) fn new(
        preimage: NoncePreimage,
        statement: ProviderStatement,
        claims: &MemberClaims,
        device_key: &DeviceKey,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, KeysError> {
        let ProviderStatement { id_token, roles_token } = statement;
        let user = UserId::of(&claims.issuer, &claims.subject);
        let mut record = Self { user, preimage, id_token, roles_token: None };
        record.verify(claims)?;
        if let Some(token) = roles_token {
            // EXPOSE: seals the token.
            let sealed = aead::seal(device_key.roles_token_key().expose(), &record.aad(), token.as_bytes(), entropy)?;
            record.roles_token = Some(Base64Bytes(sealed));
        }
        Ok(record)
    }

    /// What the provider signed.
    ///
    /// # Errors
    /// [`KeysError::NotOpened`] for a record of another device.
    pub fn statement(&self, device_key: &DeviceKey) -> Result<ProviderStatement, KeysError> {
        let open = |sealed: &Base64Bytes| {
            // EXPOSE: opens the token, which is checked as part of the provider's statement.
            let opened = aead::open(device_key.roles_token_key().expose(), &self.aad(), &sealed.0)?;
            // EXPOSE: as above.
            String::from_utf8(opened.expose().clone()).map_err(|_| KeysError::NotOpened)
        };
        let roles_token = self.roles_token.as_ref().map(open).transpose()?;
        Ok(ProviderStatement { id_token: self.id_token.clone(), roles_token })
    }

    fn aad(&self) -> Vec<u8> {
        let (user, device) = (self.user.as_bytes(), self.preimage.device);
        length_prefixed(&[b"chartkeep/roles-token/1", user, device.as_bytes(), self.id_token.as_bytes()])
    }

    /// The device that the keys belong to.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.preimage.device
    }

    /// The Ed25519 key that the record claims; trusted only after [`MemberRecord::verify`].
    #[must_use]
    pub const fn ed25519(&self) -> &[u8; 32] {
        &self.preimage.ed25519.0
    }

    /// The `nonce` that the token must carry for these keys.
    #[must_use]
    pub fn nonce(&self) -> String {
        self.preimage.nonce()
    }

    /// The issuer of the unverified token: only for choosing the issuer to ask. `None` for an invalid token.
    #[must_use]
    pub fn unverified_issuer(&self) -> Option<String> {
        UnverifiedIssue::read(&self.id_token).map(|issue| issue.issuer)
    }

    /// Checks that `claims`, which the caller read from this record's token, are for these keys and this user.
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
        let version: &[u8] = if self.roles_token.is_some() { b"chartkeep/member/2" } else { b"chartkeep/member/1" };
        let mut fields = vec![
            version,
            self.user.as_bytes(),
            p.device.as_bytes(),
            &p.x25519.0,
            &p.ed25519.0,
            &p.random.0,
            self.id_token.as_bytes(),
        ];
        fields.extend(self.roles_token.as_ref().map(|sealed| sealed.0.as_slice()));
        length_prefixed(&fields)
    }
}

/// A member with a verified record; only [`MemberRecord::verify`] makes one.
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
    /// The member.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// The device of the keys.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    /// Name from the provider.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Roles from the provider.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The highest rank of the roles; restricted only if it was assigned.
    #[must_use]
    pub fn rank(&self) -> Rank {
        let restricted = self.may_hold(KeyName::Segment(Segment::Restricted));
        let best = self.roles.iter().map(|r| r.rank()).max().unwrap_or(Rank::NONE);
        if restricted { Rank::up_to(Segment::Restricted) } else { best }
    }

    /// Whether any of the roles entitles the member to a key.
    #[must_use]
    pub fn may_hold(&self, name: KeyName) -> bool {
        self.roles.iter().any(|r| name.may_be_held_by(*r, self.restricted))
    }

    /// The public key to which grants for this member are sealed.
    #[must_use]
    pub const fn hpke(&self) -> HpkePublicKey {
        self.hpke
    }

    /// The public key of this member's signatures.
    #[must_use]
    pub const fn ed25519(&self) -> &[u8; 32] {
        &self.ed25519
    }
}

#[cfg(test)]
impl MemberRecord {
    pub(crate) fn for_tests(context: crate::SlotContext, master_key: &crate::user_keys::MasterKey) -> Self {
        let entropy = &mut crate::entropy::FixedEntropy::named("member");
        let preimage = NoncePreimage::make_with(context.device, master_key, entropy).unwrap();
        Self { user: context.user, preimage, id_token: String::from("header.payload.signature"), roles_token: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::FixedEntropy;
    use crate::user_keys::MasterKey;
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

    fn record(claims: &MemberClaims, roles_token: Option<&str>) -> MemberRecord {
        let statement =
            ProviderStatement { id_token: String::from("a.b.c"), roles_token: roles_token.map(str::to_owned) };
        let entropy = &mut FixedEntropy::named("token");
        MemberRecord::new(preimage(), statement, claims, &DeviceKey::for_tests(1), entropy).unwrap()
    }

    #[test]
    fn a_roles_token_is_sealed_by_the_device_and_bound_to_its_record() {
        let with = record(&leila(), Some("access.token.canary"));
        let text = serde_json::to_string(&with).unwrap();
        assert!(!text.contains("canary") && !format!("{with:?}").contains("canary"), "{text}");
        let back: MemberRecord = serde_json::from_str(&text).unwrap();
        let statement = back.statement(&DeviceKey::for_tests(1)).unwrap();
        assert_eq!(statement.roles_token.as_deref(), Some("access.token.canary"));
        assert_eq!(back.statement(&DeviceKey::for_tests(2)), Err(KeysError::NotOpened));
        let moved = MemberRecord { id_token: String::from("d.e.f"), ..back.clone() };
        assert_eq!(moved.statement(&DeviceKey::for_tests(1)), Err(KeysError::NotOpened));
        let without = record(&leila(), None);
        assert_ne!(back.canonical(), without.canonical(), "the slot's seal covers it");
        assert!(!serde_json::to_string(&without).unwrap().contains("roles_token"), "as every earlier record");
    }

    #[test]
    fn the_nonce_is_frozen() {
        crate::frozen::check("nonce.txt", include_str!("vectors/nonce.txt"), &preimage().nonce());
    }

    #[test]
    fn a_token_for_other_keys_or_another_person_is_refused() {
        let record = record(&leila(), None);
        assert_eq!(record.verify(&leila()).unwrap().rank(), Rank::up_to(Segment::Directory));
        let other_keys = MemberClaims { nonce: String::from("x"), ..leila() };
        let other_person = MemberClaims { subject: String::from("mallory"), ..leila() };
        let no_role = MemberClaims { roles: Vec::new(), ..leila() };
        for claims in [other_keys, other_person, no_role] {
            assert!(matches!(record.verify(&claims), Err(KeysError::Refused(_))));
        }
    }

    #[test]
    fn the_restricted_rank_needs_an_assignment_and_an_eligible_role() {
        let member = |role, restricted| {
            let claims = MemberClaims { roles: vec![role], restricted, ..leila() };
            record(&claims, None).verify(&claims).unwrap().rank()
        };
        assert_eq!(member(Role::Nurse, true), Rank::up_to(Segment::Restricted));
        assert_eq!(member(Role::Nurse, false), Rank::up_to(Segment::Clinical));
        assert_eq!(member(Role::FrontDesk, true), Rank::up_to(Segment::Directory));
    }
}

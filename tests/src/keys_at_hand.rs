//! What a person's password opens, without a session around it: for attacks, and for the store by itself.

use crate::TestSession;
use keep_audit::{BootId, Scribe, Stamper};
use keep_domain::{Clock, DeviceId, Policy, Secret, SystemClock};
use keep_keys::{
    DeviceKey, FakeMemory, HeldKey, Keychain, KeysError, MachineBoot, MemberRecord, Opened, ResumeSecret, SegmentKey,
    SlotDoor, Slots, TrustedTime,
};
use keep_session::testing::{self, TestPerson};
use keep_store::{AuditSealer, EventKey, LEDGER_LIMIT_BYTES, Ledger, Store, StoreError, StoreKeys, ledger_path};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The opened slot of one person and the device's key.
#[derive(Debug)]
pub struct KeysAtHand {
    profile: PathBuf,
    /// The device key.
    pub kd: DeviceKey,
    /// The slots of the profile.
    pub slots: Slots,
    /// The device.
    pub device: DeviceId,
    /// What the slot opened to.
    pub opened: Opened,
}

impl KeysAtHand {
    /// Opens the slot of `person` with password and resume secret, as the session does.
    ///
    /// # Errors
    /// As [`SlotDoor::resume`].
    pub fn take(session: &TestSession, person: TestPerson) -> Result<Self, KeysError> {
        let secret = session.resume_secret(person).map_err(|e| KeysError::Io(e.kind()))?;
        // EXPOSE: read into the type that guards it.
        let secret = ResumeSecret::from_bytes(secret.expose())?;
        let device = secret.context().device;
        let password = Secret::new(testing::PASSWORD.to_owned());
        Self::open(session.profile(), &session.keychain(), Arc::new(SystemClock), device, |door, time| {
            door.resume(time, session.user_of(person), &password, secret)
        })
    }

    /// Opens a slot of `profile` as `attempt` does.
    ///
    /// # Errors
    /// Those of the keychain, and of `attempt`.
    pub fn open(
        profile: &Path,
        keychain: &dyn Keychain,
        clock: Arc<dyn Clock>,
        device: DeviceId,
        attempt: impl FnOnce(&SlotDoor<'_>, &mut TrustedTime) -> Result<Opened, KeysError>,
    ) -> Result<Self, KeysError> {
        let slots = Slots::of_profile(profile);
        let kd = DeviceKey::load(keychain, true)?.ok_or(KeysError::KeychainKeyMissing)?;
        let (memory, policy) = (FakeMemory::default(), Policy::default());
        let door = SlotDoor { slots: &slots, device, keychain, memory: &memory, policy: &policy };
        let opened = attempt(&door, &mut TrustedTime::load(keychain, Arc::new(MachineBoot), clock)?)?;
        Ok(Self { profile: profile.to_owned(), kd, device, opened, slots })
    }

    /// This person's member record.
    ///
    /// # Errors
    /// As [`Slots::member`].
    pub fn member(&self) -> Result<MemberRecord, KeysError> {
        self.slots.member(self.opened.header.user, &self.kd)
    }

    /// The segment keys held, directory first.
    #[must_use]
    pub fn segments(&self) -> Vec<SegmentKey> {
        let held = self.opened.ring.keys().iter().filter_map(|k| match k {
            HeldKey::Segment(key) => Some(key.lend()),
            HeldKey::Audit(_) => None,
        });
        let mut held: Vec<SegmentKey> = held.collect();
        held.sort_by_key(SegmentKey::segment);
        held
    }

    /// Opens the store by itself, over the files that the session uses when it runs.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_store(&self) -> Result<Store, StoreError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let stamper = Arc::new(Stamper::new(self.device, BootId::make_random(), Arc::clone(&clock)));
        let scribe = match self.opened.ring.audit() {
            Some(audit) => {
                let sealer = Arc::new(AuditSealer(audit.drop_box().public()));
                Scribe::unlocked(stamper, sealer, Arc::new(EventKey(self.opened.keys.signer())))
            }
            None => Scribe::locked(stamper),
        };
        let path = ledger_path(&self.profile);
        let ledger = Ledger::open_or_create(&path, &self.kd.ledger_key(), scribe, LEDGER_LIMIT_BYTES)?;
        let keys = StoreKeys {
            segments: self.segments(),
            entitled: self.opened.ring.rank(),
            ledger: self.kd.ledger_key(),
            personal: Some((self.opened.header.user, self.opened.keys.personal_key())),
        };
        Store::open(&self.profile, keys, &[], Arc::new(ledger), clock).map(|(store, _)| store)
    }

    /// The profile folder.
    #[must_use]
    pub fn profile(&self) -> &Path {
        &self.profile
    }
}

//! The keys of one person outside a session: for attacks, and for the store by itself.

use crate::TestSession;
use keep_audit::{BootId, EventStamper, EventWriter};
use keep_domain::{Clock, DeviceId, Policy, Secret, SystemClock};
use keep_keys::{
    DataKey, DeviceKey, FakeMemory, Keychain, KeysError, MemberRecord, OpenedSlot, ResumeSecret, SegmentKey,
    SlotUnlocker, Slots, SystemBootClock, TrustedTime,
};
use keep_session::testing::{self, TestPerson};
use keep_store::{AuditSealer, EventKey, LEDGER_LIMIT_BYTES, Ledger, Store, StoreError, StoreKeys, ledger_path};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The opened slot of one person and the device's key.
#[derive(Debug)]
pub struct ExtractedKeys {
    profile: PathBuf,
    /// The device key.
    pub device_key: DeviceKey,
    /// The slots of the profile.
    pub slots: Slots,
    /// The device.
    pub device: DeviceId,
    /// What the slot opened to.
    pub opened: OpenedSlot,
}

impl ExtractedKeys {
    /// Opens the slot of `person` with password and resume secret, as the session does.
    ///
    /// # Errors
    /// As [`SlotUnlocker::resume`].
    pub fn take(session: &TestSession, person: TestPerson) -> Result<Self, KeysError> {
        let secret = session.resume_secret(person).map_err(|e| KeysError::Io(e.kind()))?;
        // EXPOSE: read into the type that guards it.
        let secret = ResumeSecret::from_bytes(secret.expose())?;
        let device = secret.context().device;
        let password = Secret::new(testing::PASSWORD.to_owned());
        Self::open(session.profile(), &session.keychain(), Arc::new(SystemClock), device, |unlocker, time| {
            unlocker.resume(time, session.user_of(person), &password, secret)
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
        attempt: impl FnOnce(&SlotUnlocker<'_>, &mut TrustedTime) -> Result<OpenedSlot, KeysError>,
    ) -> Result<Self, KeysError> {
        let slots = Slots::of_profile(profile);
        let device_key = DeviceKey::load(keychain, true)?.ok_or(KeysError::KeychainKeyMissing)?;
        let (memory, policy) = (FakeMemory::default(), Policy::default());
        let unlocker = SlotUnlocker { slots: &slots, device, keychain, memory: &memory, policy: &policy };
        let opened = attempt(&unlocker, &mut TrustedTime::load(keychain, Arc::new(SystemBootClock), clock)?)?;
        Ok(Self { profile: profile.to_owned(), device_key, device, opened, slots })
    }

    /// This person's member record.
    ///
    /// # Errors
    /// As [`Slots::member`].
    pub fn member(&self) -> Result<MemberRecord, KeysError> {
        self.slots.member(self.opened.header.user, &self.device_key)
    }

    /// The segment keys held, directory first.
    #[must_use]
    pub fn segments(&self) -> Vec<SegmentKey> {
        let held = self.opened.ring.keys().iter().filter_map(|k| match k {
            DataKey::Segment(key) => Some(key.duplicate()),
            DataKey::Audit(_) => None,
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
        let event_stamper = Arc::new(EventStamper::new(self.device, BootId::make_random(), Arc::clone(&clock)));
        let event_writer = match self.opened.ring.audit_private_key() {
            Some(audit) => {
                let sealer = Arc::new(AuditSealer(audit.hpke_key_pair().public()));
                EventWriter::for_user(event_stamper, sealer, Arc::new(EventKey(self.opened.keys.signer())))
            }
            None => EventWriter::for_device(event_stamper),
        };
        let path = ledger_path(&self.profile);
        let ledger = Ledger::open_or_create(&path, &self.device_key.ledger_key(), event_writer, LEDGER_LIMIT_BYTES)?;
        let keys = StoreKeys {
            segments: self.segments(),
            entitled: self.opened.ring.rank(),
            ledger: self.device_key.ledger_key(),
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

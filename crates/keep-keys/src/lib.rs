#![doc = include_str!("../README.md")]

mod aead;
mod attempt_lock;
mod b64;
mod code_plan;
mod code_table;
mod damaged_slot;
mod database_key;
mod derive;
mod device_key;
mod durable;
mod enrolment;
mod entropy;
mod error;
#[cfg(test)]
mod frozen;
mod grant;
mod held_key;
mod hpke_key_pair;
mod kdf;
mod key_ring;
mod keychain;
mod lease;
mod mac_key;
mod member;
mod old_lease;
mod record_copies;
mod renewal;
mod resume;
mod segment_key;
mod sign_in_record;
mod signer;
mod slot;
mod slot_check;
mod slot_id;
mod slots;
mod state;
mod throttle;
mod totp;
mod trusted_time;
mod unlock;
mod user_keys;

pub use database_key::DatabaseKey;
pub use device_key::{DEVICE_KEY_ITEM, DeviceKey};
pub use enrolment::{ConfirmedCode, Enrolment, EnrolmentInput, check_password};
pub use error::KeysError;
pub use grant::{Grant, WaitingGrants};
pub use held_key::{AuditKey, HeldKey, KeyName};
pub use hpke_key_pair::{HpkeKeyPair, HpkePublicKey};
pub use kdf::KdfParams;
pub use key_ring::KeyRing;
#[cfg(any(test, feature = "test-support"))]
pub use keychain::FakeKeychain;
pub use keychain::{Keychain, KeychainState, OsKeychain};
pub use lease::{LeaseRecord, LeaseState};
pub use mac_key::MacKey;
pub use member::{MemberClaims, MemberRecord, NoncePreimage, UnverifiedIssue, VerifiedMember};
pub use old_lease::OldLease;
pub use renewal::Renewal;
pub use resume::ResumeSecret;
pub use segment_key::SegmentKey;
pub use sign_in_record::{KeptSignIn, SignInRecord};
pub use signer::{DeviceSigner, Signer, verify_signature};
pub use slot::{Factor, SlotHeader};
pub use slot_check::SlotCheck;
pub use slot_id::{SlotContext, SlotId};
pub use slots::{ShownPerson, SlotSummary, Slots};
#[cfg(any(test, feature = "test-support"))]
pub use throttle::FakeMemory;
pub use throttle::{UnlockMemory, UnlockRecord, wait_after};
pub use totp::STEP_SECONDS;
#[cfg(any(test, feature = "test-support"))]
pub use totp::phone_code;
#[cfg(any(test, feature = "test-support"))]
pub use trusted_time::ManualBoot;
pub use trusted_time::{BootClock, BootReading, ClockJudgement, MachineBoot, TIME_MARK_ITEM, TimeMark, TrustedTime};
pub use unlock::{Attempt, Opened, SlotUnlocker};
pub use user_keys::UserKeys;

#![doc = include_str!("../README.md")]

mod aead;
mod database_key;
mod derive;
mod device_key;
mod drop_box;
mod entropy;
mod error;
mod keychain;
mod mac_key;
mod segment_key;
mod signer;

pub use database_key::DatabaseKey;
pub use device_key::{DEVICE_KEY_ITEM, DeviceKey};
pub use drop_box::{DropBox, DropBoxPublic};
pub use error::KeysError;
#[cfg(any(test, feature = "test-support"))]
pub use keychain::FakeKeychain;
pub use keychain::{Keychain, KeychainState, OsKeychain};
pub use mac_key::MacKey;
pub use segment_key::SegmentKey;
pub use signer::{DeviceSigner, Signer, verify_signature};

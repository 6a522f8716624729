//! Shared pieces of the tests.

mod file_keychain;
mod keys_at_hand;
mod test_session;

pub use file_keychain::FileKeychain;
pub use keys_at_hand::KeysAtHand;
pub use test_session::TestSession;

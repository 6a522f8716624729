//! Shared pieces of the tests.

mod extracted_keys;
mod file_keychain;
mod test_session;

pub use extracted_keys::ExtractedKeys;
pub use file_keychain::FileKeychain;
pub use test_session::TestSession;

//! What journeys, `drive` and the bench share: profiles that outlive a process, keys outside a session, and the server.

mod backend;
mod extracted_keys;
mod file_keychain;
mod test_session;

pub use backend::Backend;
pub use extracted_keys::ExtractedKeys;
pub use file_keychain::FileKeychain;
pub use test_session::TestSession;

/// The reply of a use case; a failure ends the test with its code, since the rest of it says nothing more.
///
/// # Panics
/// Where the reply is a failure.
#[track_caller]
pub fn ok<T>(reply: Result<T, keep_session::dto::failure::FailureDto>) -> T {
    match reply {
        Ok(value) => value,
        Err(failure) => unreachable!("failed with {:?}", failure.code),
    }
}

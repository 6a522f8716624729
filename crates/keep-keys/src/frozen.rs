//! Compares made bytes with the frozen ones of a format.

/// Fails with the bytes that were made, so that a wanted change of format can be read from the test;
/// with `KEEP_KEYS_MADE=<folder>` they are also written there.
pub(crate) fn check(format: &str, frozen: &str, made: &str) {
    if let Some(folder) = std::env::var_os("KEEP_KEYS_MADE") {
        std::fs::write(std::path::Path::new(&folder).join(format), made).unwrap();
    }
    assert!(frozen.trim() == made.trim(), "the {format} format changed; it is now:\n{made}");
}

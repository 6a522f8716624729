//! Errors of the backend and its commands.

use std::path::PathBuf;

/// Why the backend could not start or a command failed.
///
/// Of SQLite, JSON and HTTP errors only the category is retained: their text may contain patient data.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The command line is invalid; clap has already printed why.
    #[error("invalid command-line arguments")]
    Usage,
    /// The listen address is not a loopback address.
    #[error("refusing to listen on {0}: only loopback addresses are allowed")]
    NotLoopback(String),
    /// A file or socket operation failed.
    #[error("{what}: {kind}")]
    Io {
        /// The attempted operation, with its path or address.
        what: String,
        /// Category of the operating system's error.
        kind: std::io::ErrorKind,
    },
    /// The certificate authority or the server certificate could not be created or read.
    #[error("the certificate in {0} cannot be created or read")]
    Certificate(PathBuf),
    /// The signing key of the identity provider could not be created or read.
    #[error("the signing key in {0} cannot be created or read")]
    SigningKey(PathBuf),
    /// The users file is not a valid list of users.
    #[error("the users file {path} cannot be read (line {line})")]
    Users {
        /// The file.
        path: PathBuf,
        /// Line of the JSON error, 0 if unknown.
        line: usize,
    },
    /// A database operation failed, with the SQLite error code.
    #[error("the database failed ({0})")]
    Database(String),
    /// A file to load contains no valid resource.
    #[error("{path}: line {line} is not a FHIR resource")]
    Load {
        /// The file.
        path: PathBuf,
        /// First invalid line, from 1.
        line: usize,
    },
    /// The otpauth URI has no secret or requires something other than SHA-1, 6 digits, 30 s.
    #[error("not an otpauth URI with a secret, SHA-1, 6 digits and 30 s")]
    Otpauth,
    /// A seed list of the demo clinic or the given date is invalid.
    #[error("the demo clinic cannot be generated: invalid {0}")]
    Demo(&'static str),
    /// The operating system provided no randomness.
    #[error("the operating system provided no randomness")]
    Random,
}

impl BackendError {
    /// Converts an I/O error, with the operation that was attempted.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |e| Self::Io { what, kind: e.kind() }
    }

    /// Converts a database error to its code.
    pub(crate) fn database(error: &rusqlite::Error) -> Self {
        Self::Database(error.sqlite_error_code().map_or_else(|| String::from("no code"), |c| format!("{c:?}")))
    }
}

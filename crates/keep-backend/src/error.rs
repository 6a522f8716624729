//! What can stop the backend or one of its verbs.

use std::path::PathBuf;

/// Why the backend could not start or a verb could not be done.
///
/// Errors of SQLite, JSON and HTTP are kept as their kind only: their text may carry records.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The arguments cannot be understood; clap has said why.
    #[error("the arguments cannot be understood")]
    Usage,
    /// Only loopback addresses may be listened on.
    #[error("refusing to listen on {0}: only loopback addresses are allowed")]
    NotLoopback(String),
    /// A file or socket could not be used.
    #[error("{what}: {kind}")]
    Io {
        /// What was tried, with the path.
        what: String,
        /// The operating system's word for it.
        kind: std::io::ErrorKind,
    },
    /// The certificate authority or the leaf could not be made or read.
    #[error("the certificate in {0} cannot be made or read")]
    Certificate(PathBuf),
    /// The signing key of the identity provider cannot be made or read.
    #[error("the signing key in {0} cannot be made or read")]
    SigningKey(PathBuf),
    /// The users file is not what it should be.
    #[error("the users file {path} cannot be read (line {line})")]
    Users {
        /// The file.
        path: PathBuf,
        /// Line of the JSON error, 0 where there is none.
        line: usize,
    },
    /// The database failed.
    #[error("the database failed ({0})")]
    Database(String),
    /// A file of records has no readable record.
    #[error("{path}: line {line} is not a FHIR resource")]
    Load {
        /// The file.
        path: PathBuf,
        /// First bad line, from 1.
        line: usize,
    },
    /// The otpauth URI lacks its secret or asks for something other than SHA-1, 6 digits, 30 s.
    #[error("not an otpauth URI of SHA-1, 6 digits, 30 s")]
    Otpauth,
    /// The demo clinic's seed lists are broken or the date is not one.
    #[error("the demo clinic cannot be made: {0}")]
    Demo(&'static str),
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    Random,
}

impl BackendError {
    /// An input/output error with the thing that was tried.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |e| Self::Io { what, kind: e.kind() }
    }

    /// A database error, by its code.
    pub(crate) fn database(error: &rusqlite::Error) -> Self {
        Self::Database(error.sqlite_error_code().map_or_else(|| String::from("no code"), |c| format!("{c:?}")))
    }
}

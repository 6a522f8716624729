//! The addresses at which the server is reached.

/// Scheme, host and port of the server: `https://127.0.0.1:PORT`. It is also the issuer of tokens.
#[derive(Debug, Clone)]
pub(crate) struct Origin(pub(crate) String);

impl Origin {
    /// Base URL of FHIR, without a trailing slash.
    pub(crate) fn fhir_base(&self) -> String {
        format!("{}/fhir", self.0)
    }
}

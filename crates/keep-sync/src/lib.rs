#![doc = include_str!("../README.md")]

mod browser;
mod credentials;
mod discovery;
mod error;
mod fhir_client;
mod id_token;
mod jwks;
mod loopback;
mod pkce;
mod server;
mod settings;
mod sign_in;
mod tls;
mod token;
mod wire;

#[cfg(test)]
mod scripted;

pub use credentials::{Credentials, PersistRefreshToken};
pub use discovery::Endpoints;
pub use error::{SignInFault, SyncError};
pub use fhir_client::{Abilities, FhirClient, FhirText, Found, PAGE_LIMIT, Page, Reply, Search};
pub use id_token::{Expected, TokenFault, VerifiedClaims, verify_id_token};
pub use jwks::Jwks;
pub use server::Server;
pub use settings::{PushForOthers, ServerSettings, ServerView};
pub use sign_in::{PendingSignIn, Proof, SIGN_IN_LIMIT, SignedIn};
pub use token::TokenSet;
pub use wire::Meter;

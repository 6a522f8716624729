#![doc = include_str!("../README.md")]

mod audit_upload;
mod backoff;
mod blocking;
mod browser;
mod cancel;
mod credentials;
mod discovery;
mod error;
mod fhir_client;
mod http;
mod id_token;
mod jwks;
mod jws;
mod local_store;
mod loopback;
mod merge;
mod pkce;
mod pull;
mod push;
mod report;
mod response_times;
mod roles_claim;
mod run;
mod scope;
mod server;
mod server_check;
mod settings;
mod sign_in;
mod statement;
mod sync_store;
mod tls;
mod token;

#[cfg(test)]
mod against_backend;
#[cfg(test)]
mod memory_store;
#[cfg(test)]
mod test_server;

pub use backoff::Backoff;
pub use cancel::Cancel;
pub use credentials::{Credentials, ObserveClaims, PersistRefreshToken};
pub use error::{RolesTokenFault, SignInError, SyncError, TokenError};
pub use fhir_client::{BundlePage, Capabilities, FhirClient, ReadResponse, Search, WriteResponse};
pub use id_token::{ExpectedClaims, VerifiedClaims};
pub use jwks::Jwks;
pub use local_store::LocalStore;
pub use pkce::make_nonce;
pub use push::{AuthorIdentity, PushWaits, USER_SYSTEM, WaitCause, WaitingSet};
pub use report::{Progress, ProgressSink, SyncReport, TypeReport};
pub use roles_claim::{RoleName, RolesClaim, RolesFrom};
pub use run::{SyncExtent, SyncRun, run_sync};
pub use scope::{CHART_TYPES, pull_order};
pub use server::Server;
pub use server_check::{CheckResult, ServerCheck, ServerFinding, Writes, check_server, sign_in_finding};
pub use settings::{PushForOthers, ServerSettings, ServerView};
pub use sign_in::{PendingSignIn, SignedIn};
pub use statement::verify_statement;
pub use sync_store::{ApplyReport, BacklogTotals, OutgoingEvent, PushOutcome, SyncStore};
pub use tls::check_authorities;
pub use token::TokenSet;

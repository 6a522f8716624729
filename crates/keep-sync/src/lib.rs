#![doc = include_str!("../README.md")]

mod answer_time;
mod audit_upload;
mod backoff;
mod browser;
mod cancel;
mod credentials;
mod cursor;
mod discovery;
mod error;
mod fhir_client;
mod http;
mod id_token;
mod jwks;
mod loopback;
mod merge;
mod pkce;
mod port;
mod pull;
mod push;
mod recent_rows;
mod report;
mod run;
mod scope;
mod server;
mod settings;
mod sign_in;
mod store_port;
mod tls;
mod token;

#[cfg(test)]
mod against_backend;
#[cfg(test)]
mod fake_port;
#[cfg(test)]
mod scripted;

pub use backoff::Backoff;
pub use cancel::Cancel;
pub use credentials::{Credentials, PersistRefreshToken};
pub use discovery::Endpoints;
pub use error::{SignInError, SyncError};
pub use fhir_client::{Abilities, FhirClient, FhirText, Found, PAGE_LIMIT, Page, Reply, Search};
pub use http::Meter;
pub use id_token::{Expected, TokenError, VerifiedClaims, verify_id_token};
pub use jwks::Jwks;
pub use pkce::make_unguessable;
pub use port::{
    ApplyReport, Backlog, Contested, CursorKey, CursorState, Operation, OutgoingEntry, OutgoingEvent, OutgoingSet,
    PulledPage, PushOutcome, SyncPort,
};
pub use report::{Progress, ProgressSink, SyncReport};
pub use run::{SyncRun, run};
pub use scope::{CHART_TYPES, plan_types};
pub use server::Server;
pub use settings::{PushForOthers, ServerSettings, ServerView};
pub use sign_in::{PendingSignIn, Proof, SIGN_IN_LIMIT, SignedIn};
pub use store_port::StorePort;
pub use tls::check_authorities;
pub use token::TokenSet;

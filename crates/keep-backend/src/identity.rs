//! A small OpenID provider: authorization code flow with PKCE, password and one-time code, rotating refresh tokens.

mod authorization_codes;
mod authorize;
mod claims;
mod form;
mod provider;
mod refresh_tokens;
mod router;
mod sign_in_page;
mod signing;
mod throttle;
mod token;
mod users;

pub(crate) use provider::IdentityProvider;
pub(crate) use router::answer;
pub(crate) use users::Users;

//! The FHIR R4 face: blocking functions from a [`Call`] to a [`Reply`]; the HTTP around them is in `backend.rs`.

mod bundle;
mod call;
mod entitlement;
mod history;
mod instance;
mod metadata;
mod pages;
mod query;
mod refusal;
mod search;

pub(crate) use call::{Call, Reply, http_date};
pub(crate) use metadata::smart_configuration;
pub(crate) use pages::Pages;
pub(crate) use refusal::Refusal;

use crate::backend::Backend;
use entitlement::Wish;
use keep_domain::is_r4_type;

/// Answers one authorised call.
///
/// # Errors
/// A [`Refusal`], which the caller turns into an OperationOutcome.
pub(crate) fn answer(backend: &Backend, call: &Call) -> Result<Reply, Refusal> {
    let path: Vec<&str> = call.path.split('/').filter(|s| !s.is_empty()).collect();
    let method = call.method.as_str();
    match (method, path.as_slice()) {
        ("GET", ["metadata"]) => Ok(metadata::capability_statement(backend)),
        ("GET", []) => search::next_page(backend, call),
        ("POST", []) => bundle::answer(backend, call),
        (_, [kind, ..]) if !is_r4_type(kind) => Err(Refusal::not_found("unknown resource type")),
        ("GET", [kind]) | ("GET" | "POST", [kind, "_search"]) => {
            call.permit(kind, Wish::Read)?;
            search::search(backend, call, kind)
        }
        ("POST", [kind]) => {
            call.permit(kind, Wish::Write)?;
            instance::create(backend, call, kind)
        }
        ("GET", [kind, "_history"]) => {
            call.permit(kind, Wish::Read)?;
            history::history(backend, call, kind, None)
        }
        ("GET", [kind, id]) => {
            call.permit(kind, Wish::Read)?;
            instance::read(backend, call, kind, id)
        }
        ("PUT", [kind, id]) => {
            call.permit(kind, Wish::Write)?;
            instance::update(backend, call, kind, id)
        }
        ("DELETE", [kind, id]) => {
            call.permit(kind, Wish::Write)?;
            instance::delete(backend, call, kind, id)
        }
        ("GET", [kind, id, "_history"]) => {
            call.permit(kind, Wish::Read)?;
            history::history(backend, call, kind, Some(id))
        }
        ("GET", [kind, id, "_history", version]) => {
            call.permit(kind, Wish::Read)?;
            instance::read_version(backend, call, kind, id, version)
        }
        _ => Err(Refusal::not_allowed("this interaction is not offered")),
    }
}

#[cfg(test)]
mod tests;

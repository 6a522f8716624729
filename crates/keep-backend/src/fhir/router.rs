//! Method and path to interaction.

use super::api::FhirApi;
use super::permissions::Access;
use super::request::FhirRequest;
use super::{bundle, history, instance, metadata, search};
use crate::fhir_error::FhirError;
use crate::reply::Reply;
use keep_domain::is_r4_type;

/// Answers one authenticated request.
///
/// # Errors
/// The error that the client gets as an OperationOutcome.
pub(crate) fn answer(api: &FhirApi, request: &FhirRequest) -> Result<Reply, FhirError> {
    let path: Vec<&str> = request.path.split('/').filter(|s| !s.is_empty()).collect();
    let (storage, base) = (&*api.storage, api.base.as_str());
    match (request.method.as_str(), path.as_slice()) {
        ("GET", ["metadata"]) => Ok(metadata::capability_statement(base)),
        ("GET", []) => search::next_page(api, request),
        ("POST", []) => bundle::answer(storage, request),
        (_, [kind, ..]) if !is_r4_type(kind) => Err(FhirError::not_found("unknown resource type")),
        ("GET", [kind]) | ("GET" | "POST", [kind, "_search"]) => {
            request.permit(kind, Access::Read)?;
            search::search(api, request, kind)
        }
        ("POST", [kind]) => {
            request.permit(kind, Access::Write)?;
            instance::create(storage, base, request, kind)
        }
        ("GET", [kind, "_history"]) => {
            request.permit(kind, Access::Read)?;
            history::history(api, request, kind, None)
        }
        ("GET", [kind, id]) => {
            request.permit(kind, Access::Read)?;
            instance::read(storage, request, kind, id)
        }
        ("PUT", [kind, id]) => {
            request.permit(kind, Access::Write)?;
            instance::update(storage, base, request, kind, id)
        }
        ("DELETE", [kind, id]) => {
            request.permit(kind, Access::Write)?;
            instance::delete(storage, request, kind, id)
        }
        ("GET", [kind, id, "_history"]) => {
            request.permit(kind, Access::Read)?;
            history::history(api, request, kind, Some(id))
        }
        ("GET", [kind, id, "_history", version]) => {
            request.permit(kind, Access::Read)?;
            instance::vread(storage, request, kind, id, version)
        }
        _ => Err(FhirError::not_allowed("this interaction is not offered")),
    }
}

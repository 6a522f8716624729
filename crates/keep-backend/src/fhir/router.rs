//! Method and path to interaction.

use super::api::FhirApi;
use super::permissions::Access;
use super::request::FhirRequest;
use super::{bundle, history, instance, metadata, search};
use crate::behaviour::Feature;
use crate::fhir_error::FhirError;
use crate::reply::Reply;
use keep_domain::is_r4_type;

/// Answers one authenticated request.
///
/// # Errors
/// The error that the client gets as an OperationOutcome.
pub(crate) fn answer(api: &FhirApi, request: &FhirRequest) -> Result<Reply, FhirError> {
    let path: Vec<&str> = request.path.split('/').filter(|s| !s.is_empty()).collect();
    let (storage, behaviour) = (&*api.storage, &*request.behaviour);
    if let Some(answer) = path.first().and_then(|kind| behaviour.answer_for(kind)) {
        return answer.reply();
    }
    match (request.method.as_str(), path.as_slice()) {
        ("GET", ["metadata"]) => Ok(metadata::capability_statement(request.base(), behaviour)),
        ("GET", []) => search::next_page(api, request),
        ("POST", []) => bundle::answer(storage, request),
        (_, [kind, ..]) if !is_r4_type(kind) => Err(FhirError::not_found("unknown resource type")),
        ("POST", [_, "_search"]) if !behaviour.has(Feature::SearchByPost) => {
            Err(FhirError::not_allowed("a search by POST is not offered"))
        }
        ("GET", [_, "_history"]) if !behaviour.has(Feature::TypeHistory) => {
            Err(FhirError::not_found("no history of types"))
        }
        ("GET", [kind]) | ("GET" | "POST", [kind, "_search"]) => {
            request.permit(kind, Access::Read)?;
            search::search(api, request, kind)
        }
        ("POST", [kind]) => {
            request.permit(kind, Access::Write)?;
            instance::create(storage, request, kind)
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
            instance::update(storage, request, kind, id)
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

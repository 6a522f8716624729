//! Method and path to interaction.

use super::api::FhirApi;
use super::permissions::Access;
use super::request::FhirRequest;
use super::{bundle, instance, reading, search};
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
        ("GET", _) => reading::answer(api, request),
        ("POST", []) => bundle::answer(api, request),
        (_, [kind, ..]) if !is_r4_type(kind) => Err(FhirError::not_found("unknown resource type")),
        ("POST", [_, "_search"]) if !behaviour.has(Feature::SearchByPost) => {
            Err(FhirError::not_allowed("a search by POST is not offered"))
        }
        ("POST", [kind, "_search"]) => {
            request.permit(kind, Access::Read)?;
            search::search(api, request, kind)
        }
        ("POST", [kind]) => {
            request.permit(kind, Access::Write)?;
            instance::create(storage, request, kind)
        }
        ("PUT", [kind, id]) => {
            request.permit(kind, Access::Write)?;
            instance::update(storage, request, kind, id)
        }
        ("DELETE", [kind, id]) => {
            request.permit(kind, Access::Write)?;
            instance::delete(storage, request, kind, id)
        }
        _ => Err(FhirError::not_allowed("this interaction is not offered")),
    }
}

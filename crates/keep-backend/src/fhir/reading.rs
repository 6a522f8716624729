//! Requests by GET: alone or as an entry of a batch.

use super::api::FhirApi;
use super::permissions::Access;
use super::request::FhirRequest;
use super::{history, instance, metadata, search};
use crate::behaviour::Feature;
use crate::fhir_error::FhirError;
use crate::reply::Reply;
use keep_domain::is_r4_type;

/// Answers a request by GET.
pub(crate) fn answer(api: &FhirApi, request: &FhirRequest) -> Result<Reply, FhirError> {
    let path: Vec<&str> = request.path.split('/').filter(|s| !s.is_empty()).collect();
    let (storage, behaviour) = (&*api.storage, &*request.behaviour);
    if let Some(answer) = path.first().and_then(|kind| behaviour.answer_for(kind)) {
        return answer.reply();
    }
    let permitted = |kind: &str| request.permit(kind, Access::Read);
    match path.as_slice() {
        ["metadata"] => Ok(metadata::capability_statement(request.base(), behaviour)),
        [] => search::next_page(api, request),
        [kind, ..] if !is_r4_type(kind) => Err(FhirError::not_found("unknown resource type")),
        [_, "_history"] if !behaviour.has(Feature::TypeHistory) => Err(FhirError::not_found("no history of types")),
        [kind] | [kind, "_search"] => permitted(kind).and_then(|()| search::search(api, request, kind)),
        [kind, "_history"] => permitted(kind).and_then(|()| history::history(api, request, kind, None)),
        [kind, id] => permitted(kind).and_then(|()| instance::read(storage, request, kind, id)),
        [kind, id, "_history"] => permitted(kind).and_then(|()| history::history(api, request, kind, Some(id))),
        [kind, id, "_history", version] => {
            permitted(kind).and_then(|()| instance::vread(storage, request, kind, id, version))
        }
        _ => Err(FhirError::not_allowed("this interaction is not offered")),
    }
}

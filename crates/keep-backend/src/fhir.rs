//! The FHIR R4 API: blocking functions from a [`FhirRequest`] to a [`Reply`](crate::reply::Reply).

mod api;
mod bundle;
mod history;
mod instance;
mod integrity;
mod metadata;
mod page_links;
mod permissions;
mod query;
mod reading;
mod request;
mod router;
mod search;
mod shown;

pub(crate) use api::FhirApi;
pub(crate) use metadata::smart_configuration;
pub(crate) use request::{FhirRequest, is_form};
pub(crate) use router::answer;

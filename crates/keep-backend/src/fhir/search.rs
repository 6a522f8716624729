//! Searches and their pages. Stored bodies are copied into the bundle unchanged.

use super::api::FhirApi;
use super::history;
use super::page_links::NextPage;
use super::permissions::Access;
use super::query::{SearchRequest, parse_search};
use super::request::FhirRequest;
use super::shown::show;
use crate::behaviour::{Behaviour, Feature, Total};
use crate::fhir_error::FhirError;
use crate::reply::Reply;
use crate::storage::{SearchMatch, count_matches, find_matches, reduce_to_elements};
use axum::http::Method;
use std::fmt::Write;

/// By how much `total` is too large with that switch.
const EXCESS: i64 = 3;

/// `GET [type]?…` and `POST [type]/_search`
pub(crate) fn search(api: &FhirApi, request: &FhirRequest, kind: &str) -> Result<Reply, FhirError> {
    let mut pairs = request.query.clone();
    if request.is_form() {
        pairs.extend(url::form_urlencoded::parse(request.body.as_bytes()).into_owned());
    }
    let behaviour = &request.behaviour;
    if let Some((name, _)) = pairs.iter().find(|(name, _)| behaviour.refuse.contains(name)) {
        return Err(FhirError::invalid(&format!("the search parameter {name} is not supported")));
    }
    pairs.retain(|(name, _)| !behaviour.ignore.contains(name));
    let mut requested = parse_search(kind, &pairs)?;
    // Like HAPI's, the self link of a search by POST has no criteria, so that they are in no URL.
    if request.method == Method::GET {
        requested.honoured = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
    }
    page(api, request, requested, request.started.to_rfc3339())
}

/// `GET [base]?_getpages=…`
pub(crate) fn next_page(api: &FhirApi, request: &FhirRequest) -> Result<Reply, FhirError> {
    let token =
        request.parameter("_getpages").ok_or_else(|| FhirError::not_allowed("search over all types is not offered"))?;
    match api.page_links.find(token)? {
        NextPage::Search(requested, started) => {
            request.permit(&requested.search.resource_type, Access::Read)?;
            page(api, request, *requested, started)
        }
        NextPage::History(query, started) => {
            request.permit(&query.resource_type, Access::Read)?;
            history::page(api, request, query, started)
        }
    }
}

fn page(
    api: &FhirApi,
    request: &FhirRequest,
    mut requested: SearchRequest,
    started: String,
) -> Result<Reply, FhirError> {
    let (base, behaviour) = (request.base(), &*request.behaviour);
    requested.search.count = requested.search.count.min(behaviour.max_count);
    let kind = requested.search.resource_type.clone();
    if requested.count_only {
        let total = shown_total(behaviour, api.storage.read(|c| count_matches(c, &requested.search))?);
        let body = format!(
            r#"{{"resourceType":"Bundle","id":"{}","meta":{{"lastUpdated":"{started}"}},"type":"searchset","total":{total},"link":[{{"relation":"self","url":"{base}/{kind}"}}]}}"#,
            uuid::Uuid::new_v4()
        );
        return Ok(Reply::fhir(200, body));
    }
    let count = requested.search.count;
    let (mut matches, total) = api.storage.read(|c| {
        let total = match (behaviour.total, requested.total) {
            (Total::Absent, _) => None,
            (_, Some(known)) => Some(known),
            _ => Some(count_matches(c, &requested.search)?),
        };
        Ok((find_matches(c, &requested.search)?, total))
    })?;
    requested.total = total;
    let more = matches.len() > count;
    matches.truncate(count);
    let size: usize = matches.iter().map(|m| m.body.len() + 200).sum();
    let mut out = String::with_capacity(size + 400);
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        r#"{{"resourceType":"Bundle","id":"{}","meta":{{"lastUpdated":"{started}"}},"type":"searchset""#,
        uuid::Uuid::new_v4()
    );
    if let Some(total) = total {
        let _ = write!(out, r#","total":{}"#, shown_total(behaviour, total));
    }
    let mark = if requested.honoured.is_empty() { "" } else { "?" };
    let _ = write!(out, r#","link":[{{"relation":"self","url":"{base}/{kind}{mark}{}"}}"#, requested.honoured);
    if more && behaviour.has(Feature::NextLink) {
        requested.search.after = matches.last().map(|m| m.cursor.clone());
        let token = api.page_links.insert(NextPage::Search(Box::new(requested.clone()), started))?;
        let _ = write!(out, r#",{{"relation":"next","url":"{base}?_getpages={token}"}}"#);
    }
    out.push(']');
    push_entries(&mut out, request, &format!("{base}/{kind}"), &matches, &requested.elements);
    out.push('}');
    Ok(Reply::fhir(200, out))
}

/// A number of matches, as the server says it.
fn shown_total(behaviour: &Behaviour, total: i64) -> i64 {
    if behaviour.total == Total::TooLarge { total + EXCESS } else { total }
}

fn push_entries(out: &mut String, request: &FhirRequest, type_url: &str, matches: &[SearchMatch], elements: &[String]) {
    if matches.is_empty() {
        return;
    }
    out.push_str(r#","entry":["#);
    for (n, row) in matches.iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        let _ = write!(out, r#"{{"fullUrl":"{type_url}/{}","resource":"#, row.id);
        let body = show(request, &row.body);
        if elements.is_empty() {
            out.push_str(&body);
        } else {
            out.push_str(&reduce_to_elements(&body, elements));
        }
        out.push_str(r#","search":{"mode":"match"}}"#);
    }
    out.push(']');
}

//! Parses search parameters.

use super::request::FhirRequest;
use crate::fhir_error::FhirError;
use crate::storage::{Comparison, Condition, Interval, Order, ParamType, Search, fold, fold_contact, param_for};

/// Page size without `_count`.
const DEFAULT_COUNT: usize = 100;

/// A search and the form of its result.
#[derive(Debug, Clone)]
pub(crate) struct SearchRequest {
    pub(crate) search: Search,
    /// Elements to include; empty = all.
    pub(crate) elements: Vec<String>,
    pub(crate) count_only: bool,
    /// The number of matches on all pages, once it is known.
    pub(crate) total: Option<i64>,
    /// The parameters that have an effect, for the self link; empty if they do not appear in it.
    pub(crate) honoured: String,
}

/// The names in `_elements`.
pub(crate) fn elements_of(request: &FhirRequest) -> Vec<String> {
    request.parameter("_elements").map(split_list).unwrap_or_default()
}

/// Parses the parameters of a search for resources of type `kind`.
///
/// # Errors
/// 400 for unknown parameters and invalid values, as in HAPI.
pub(crate) fn parse_search(kind: &str, pairs: &[(String, String)]) -> Result<SearchRequest, FhirError> {
    let mut parsed = SearchRequest {
        search: Search {
            resource_type: kind.to_owned(),
            conditions: Vec::new(),
            order: Order::Created,
            descending: false,
            count: DEFAULT_COUNT,
            after: None,
        },
        elements: Vec::new(),
        count_only: false,
        total: None,
        honoured: String::new(),
    };
    for (name, value) in pairs {
        match name.as_str() {
            "_format" | "_pretty" | "_total" | "_contained" | "_containedType" => {}
            "_count" => match value.parse::<usize>() {
                Ok(0) => parsed.count_only = true,
                Ok(count) => parsed.search.count = count,
                Err(_) => return Err(FhirError::invalid("_count is not a number")),
            },
            "_elements" => parsed.elements = split_list(value),
            "_summary" => parsed.count_only |= value == "count",
            "_sort" => (parsed.search.order, parsed.search.descending) = parse_sort(value)?,
            "_id" => parsed.search.conditions.push(Condition::Ids(split_list(value))),
            "_lastUpdated" => {
                let (comparison, interval) = parse_date(value)?;
                parsed.search.conditions.push(Condition::Updated(comparison, interval));
            }
            _ => parsed.search.conditions.push(parse_condition(kind, name, value)?),
        }
    }
    Ok(parsed)
}

fn parse_sort(value: &str) -> Result<(Order, bool), FhirError> {
    let (name, descending) = value.strip_prefix('-').map_or((value, false), |n| (n, true));
    // Further sort keys are ignored: the first key and the row id already give a total order.
    let order = match name.split(',').next().unwrap_or_default() {
        "_lastUpdated" => Order::Updated,
        "_id" => Order::Id,
        "date" | "authoredon" | "recorded-date" => Order::Date,
        _ => return Err(FhirError::invalid("_sort by this parameter is not offered")),
    };
    Ok((order, descending))
}

fn parse_condition(kind: &str, qualified_name: &str, value: &str) -> Result<Condition, FhirError> {
    let (name, modifier) = qualified_name.split_once(':').map_or((qualified_name, None), |(n, m)| (n, Some(m)));
    // `subject` is indexed as `patient`.
    let name = if name == "subject" { "patient" } else { name };
    let param = param_for(kind, name).ok_or_else(|| FhirError::invalid("unknown search parameter"))?;
    let parts = split_list(value);
    if parts.is_empty() {
        return Err(FhirError::invalid("a search parameter has no value"));
    }
    let (param_type, param, parts) = (param.param_type, param.name, parts.iter());
    let exact = |any: Vec<(String, Option<String>)>| Condition::Exact { param, any };
    Ok(match (param_type, modifier) {
        (ParamType::Token, None) => exact(parts.map(|p| parse_token(p)).collect()),
        (ParamType::Contact, None) => exact(parts.map(|p| (fold_contact(p), None)).collect()),
        (ParamType::Text, Some("exact")) => exact(parts.map(|p| (fold(p), None)).collect()),
        (ParamType::Text, None) => Condition::Prefixes { param, any: parts.map(|p| fold(p)).collect() },
        (ParamType::Reference, None | Some("Patient")) => {
            exact(parts.map(|p| (parse_reference(name, p), None)).collect())
        }
        (ParamType::Date, None) => {
            Condition::Dates { param, any: parts.map(|p| parse_date(p)).collect::<Result<_, _>>()? }
        }
        _ => return Err(FhirError::invalid("this modifier is not offered")),
    })
}

fn parse_token(text: &str) -> (String, Option<String>) {
    match text.split_once('|') {
        Some((system, code)) => (code.to_owned(), Some(system.to_owned())),
        None => (text.to_owned(), None),
    }
}

/// References are indexed as `Type/id`; a bare id gets the type that the parameter `name` refers to.
fn parse_reference(name: &str, text: &str) -> String {
    let mut segments = text.rsplit('/');
    match (segments.next(), segments.next(), name) {
        (Some(id), Some(kind), _) => format!("{kind}/{id}"),
        (_, _, "encounter") => format!("Encounter/{text}"),
        (_, _, "practitioner") => format!("Practitioner/{text}"),
        _ => format!("Patient/{text}"),
    }
}

fn parse_date(text: &str) -> Result<(Comparison, Interval), FhirError> {
    let prefixed = text.split_at_checked(2).and_then(|(prefix, rest)| {
        let comparison = match prefix {
            "eq" => Comparison::Eq,
            "ne" => Comparison::Ne,
            "gt" | "sa" => Comparison::Gt,
            "lt" | "eb" => Comparison::Lt,
            "ge" => Comparison::Ge,
            "le" => Comparison::Le,
            _ => return None,
        };
        Some((comparison, rest))
    });
    let (comparison, date) = prefixed.unwrap_or((Comparison::Eq, text));
    let interval = Interval::parse(date).ok_or_else(|| FhirError::invalid("invalid date"))?;
    Ok((comparison, interval))
}

fn split_list(value: &str) -> Vec<String> {
    value.split(',').map(str::trim).filter(|p| !p.is_empty()).map(String::from).collect()
}

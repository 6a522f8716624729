//! Search parameters to conditions.

use super::Refusal;
use super::call::Call;
use crate::storage::find::{Comparison, Condition, Order, Search};
use crate::storage::{Interval, Kind, fold, term_of};

/// Pages that do not say how large they want to be.
const DEFAULT_COUNT: usize = 100;
/// What `_count` is silently cut to, as HAPI does.
pub(crate) const MAX_COUNT: usize = 1000;

/// A search with what shapes its answer.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) search: Search,
    pub(crate) elements: Vec<String>,
    pub(crate) only_count: bool,
    pub(crate) with_total: bool,
}

/// The names in `_elements`.
pub(crate) fn elements_of(call: &Call) -> Vec<String> {
    call.parameter("_elements").map(split_list).unwrap_or_default()
}

/// Reads the parameters of a search on `kind`.
///
/// # Errors
/// 400 for parameters that are unknown or have no readable value, as HAPI does.
pub(crate) fn read_search(kind: &str, pairs: &[(String, String)]) -> Result<Wanted, Refusal> {
    let mut wanted = Wanted {
        search: Search {
            resource_type: kind.to_owned(),
            conditions: Vec::new(),
            order: Order::Stored,
            descending: false,
            count: DEFAULT_COUNT,
            after: None,
        },
        elements: Vec::new(),
        only_count: false,
        with_total: false,
    };
    for (name, value) in pairs {
        match name.as_str() {
            "_format" | "_pretty" | "_contained" | "_containedType" => {}
            "_count" => match value.parse::<usize>() {
                Ok(0) => wanted.only_count = true,
                Ok(count) => wanted.search.count = count.min(MAX_COUNT),
                Err(_) => return Err(Refusal::invalid("_count is not a number")),
            },
            "_elements" => wanted.elements = split_list(value),
            "_summary" => wanted.only_count |= value == "count",
            "_total" => wanted.with_total = value == "accurate",
            "_sort" => (wanted.search.order, wanted.search.descending) = read_sort(value)?,
            "_id" => wanted.search.conditions.push(Condition::Ids(split_list(value))),
            "_lastUpdated" => {
                let (comparison, interval) = read_moment(value)?;
                wanted.search.conditions.push(Condition::Updated(comparison, interval));
            }
            _ => wanted.search.conditions.push(read_term(kind, name, value)?),
        }
    }
    Ok(wanted)
}

fn read_sort(value: &str) -> Result<(Order, bool), Refusal> {
    let (name, descending) = value.strip_prefix('-').map_or((value, false), |n| (n, true));
    // A second key is not needed: pages are in a total order anyway.
    let order = match name.split(',').next().unwrap_or_default() {
        "_lastUpdated" => Order::Updated,
        "_id" => Order::Id,
        "date" | "authoredon" | "recorded-date" => Order::Happened,
        _ => return Err(Refusal::invalid("_sort by this parameter is not offered")),
    };
    Ok((order, descending))
}

fn read_term(kind: &str, given: &str, value: &str) -> Result<Condition, Refusal> {
    let (name, modifier) = given.split_once(':').map_or((given, None), |(n, m)| (n, Some(m)));
    // What a chained or typed name adds is only whose reference it is.
    let name = if name == "subject" { "patient" } else { name };
    let term = term_of(kind, name).ok_or_else(|| Refusal::invalid("unknown search parameter"))?;
    let parts = split_list(value);
    if parts.is_empty() {
        return Err(Refusal::invalid("a search parameter has no value"));
    }
    let param = term.name;
    Ok(match (term.kind, modifier) {
        (Kind::Token, None) => Condition::Words { param, any: parts.iter().map(|p| read_token(p)).collect() },
        (Kind::Contact, None) => {
            Condition::Words { param, any: parts.iter().map(|p| (crate::storage::fold_contact(p), None)).collect() }
        }
        (Kind::Text, Some("exact")) => Condition::Words { param, any: parts.iter().map(|p| (fold(p), None)).collect() },
        (Kind::Text, None) => Condition::Prefixes { param, any: parts.iter().map(|p| fold(p)).collect() },
        (Kind::Reference, None | Some("Patient")) => {
            Condition::Words { param, any: parts.iter().map(|p| (read_reference(name, p), None)).collect() }
        }
        (Kind::Date, None) => {
            Condition::Moments { param, any: parts.iter().map(|p| read_moment(p)).collect::<Result<_, _>>()? }
        }
        _ => return Err(Refusal::invalid("this modifier is not offered")),
    })
}

fn read_token(text: &str) -> (String, Option<String>) {
    match text.split_once('|') {
        Some((system, code)) => (code.to_owned(), Some(system.to_owned())),
        None => (text.to_owned(), None),
    }
}

/// References are stored as `Type/id`; a bare id means the type that the parameter is named after.
fn read_reference(name: &str, text: &str) -> String {
    let mut last: Vec<&str> = text.rsplit('/').take(2).collect();
    last.reverse();
    match (last.as_slice(), name) {
        ([_, _], _) => last.join("/"),
        (_, "encounter") => format!("Encounter/{text}"),
        (_, "practitioner") => format!("Practitioner/{text}"),
        _ => format!("Patient/{text}"),
    }
}

fn read_moment(text: &str) -> Result<(Comparison, Interval), Refusal> {
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
    let interval = Interval::read(date).ok_or_else(|| Refusal::invalid("a date cannot be read"))?;
    Ok((comparison, interval))
}

fn split_list(value: &str) -> Vec<String> {
    value.split(',').map(str::trim).filter(|p| !p.is_empty()).map(String::from).collect()
}

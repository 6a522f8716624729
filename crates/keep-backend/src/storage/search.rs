//! Search: conditions as SQL, with keyset pagination.

use super::interval::Interval;
use crate::fhir_error::FhirError;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// One condition. A match meets all conditions, and of each at least one of the alternatives.
#[derive(Debug, Clone)]
pub(crate) enum Condition {
    /// Logical ids.
    Ids(Vec<String>),
    /// `meta.lastUpdated`.
    Updated(Comparison, Interval),
    /// Exact values of a parameter, each with a system if the client sent one.
    Exact { param: &'static str, any: Vec<(String, Option<String>)> },
    /// Prefixes of the values.
    Prefixes { param: &'static str, any: Vec<String> },
    /// A date parameter.
    Dates { param: &'static str, any: Vec<(Comparison, Interval)> },
}

/// Comparison prefixes (FHIR R4 3.1.1.4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
}

/// Sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Order of creation.
    Created,
    Updated,
    /// The clinical date of the resource.
    Date,
    Id,
}

/// One search.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    pub(crate) resource_type: String,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) order: Order,
    pub(crate) descending: bool,
    pub(crate) count: usize,
    /// Continue after this match.
    pub(crate) after: Option<PageCursor>,
}

/// Position of a match in the order of its search.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PageCursor {
    key: Value,
    rid: i64,
}

/// A resource on a page of results.
#[derive(Debug)]
pub(crate) struct SearchMatch {
    pub(crate) id: String,
    pub(crate) body: String,
    pub(crate) cursor: PageCursor,
}

/// One page, plus one match if there is a next page.
pub(crate) fn find_matches(connection: &Connection, search: &Search) -> Result<Vec<SearchMatch>, FhirError> {
    let (mut clauses, mut bound) = conditions_of(search);
    let key = match search.order {
        Order::Created => "r.rid",
        Order::Updated => "r.updated",
        Order::Date => "r.happened",
        Order::Id => "r.id",
    };
    let (direction, sign) = if search.descending { ("DESC", "<") } else { ("ASC", ">") };
    if let Some(PageCursor { key: after, rid }) = &search.after {
        clauses.push(format!("({key}, r.rid) {sign} (?, ?)"));
        bound.extend([after.clone(), (*rid).into()]);
    }
    bound.push(i64::try_from(search.count).unwrap_or(i64::MAX).saturating_add(1).into());
    let sql = format!(
        "SELECT {key}, r.rid, r.id, v.body FROM resource r JOIN version v ON v.vid = r.vid
         WHERE {} ORDER BY {key} {direction}, r.rid {direction} LIMIT ?",
        clauses.join(" AND ")
    );
    let mut statement = connection.prepare_cached(&sql).map_err(FhirError::database)?;
    statement
        .query_map(params_from_iter(bound), |r| {
            let cursor = PageCursor { key: r.get(0)?, rid: r.get(1)? };
            Ok(SearchMatch { cursor, id: r.get(2)?, body: r.get(3)? })
        })
        .and_then(Iterator::collect)
        .map_err(FhirError::database)
}

/// The total number of matches on all pages.
pub(crate) fn count_matches(connection: &Connection, search: &Search) -> Result<i64, FhirError> {
    let (clauses, bound) = conditions_of(search);
    let sql = format!("SELECT count(*) FROM resource r WHERE {}", clauses.join(" AND "));
    connection
        .prepare_cached(&sql)
        .and_then(|mut s| s.query_row(params_from_iter(bound), |r| r.get(0)))
        .map_err(FhirError::database)
}

fn conditions_of(search: &Search) -> (Vec<String>, Vec<Value>) {
    // A unary plus keeps SQLite from scanning all resources of the type if another condition is selective.
    let selective = search.conditions.iter().any(|c| !matches!(c, Condition::Updated(..)));
    let plus = if selective { "+" } else { "" };
    let mut clauses = vec![format!("{plus}r.type = ?"), String::from("r.deleted = 0")];
    let mut bound: Vec<Value> = vec![search.resource_type.clone().into()];
    for condition in &search.conditions {
        let of_type = |table: &str, param: &str, inner: String| {
            format!("r.rid IN (SELECT rid FROM {table} WHERE type = ? AND param = '{param}' AND ({inner}))")
        };
        match condition {
            Condition::Ids(ids) => {
                // Type and id together, so that the unique index is used.
                clauses.push(format!(
                    "r.rid IN (SELECT rid FROM resource WHERE type = ? AND id IN ({}))",
                    placeholders(ids.len())
                ));
                bound.push(search.resource_type.clone().into());
                bound.extend(ids.iter().cloned().map(Value::from));
            }
            Condition::Updated(comparison, interval) => {
                let (text, values) = comparison.sql("r.updated", "r.updated + 1", *interval);
                clauses.push(text);
                bound.extend(values);
            }
            Condition::Exact { param, any } => {
                bound.push(search.resource_type.clone().into());
                let mut inner = Vec::new();
                for (value, system) in any {
                    bound.push(value.clone().into());
                    match system {
                        Some(system) => {
                            inner.push("(value = ? AND system = ?)");
                            bound.push(system.clone().into());
                        }
                        None => inner.push("value = ?"),
                    }
                }
                clauses.push(of_type("word", param, inner.join(" OR ")));
            }
            Condition::Prefixes { param, any } => {
                bound.push(search.resource_type.clone().into());
                for prefix in any {
                    bound.push(prefix.clone().into());
                    bound.push(format!("{prefix}\u{10FFFF}").into());
                }
                let inner = vec!["(value >= ? AND value < ?)"; any.len()].join(" OR ");
                clauses.push(of_type("word", param, inner));
            }
            Condition::Dates { param, any } => {
                bound.push(search.resource_type.clone().into());
                let mut inner = Vec::new();
                for (comparison, interval) in any {
                    let (text, values) = comparison.sql("low", "high", *interval);
                    inner.push(text);
                    bound.extend(values);
                }
                clauses.push(of_type("moment", param, inner.join(" OR ")));
            }
        }
    }
    (clauses, bound)
}

fn placeholders(count: usize) -> String {
    vec!["?"; count].join(", ")
}

impl Comparison {
    /// The SQL condition over the half-open intervals `[low, high)` of the row and of the parameter.
    fn sql(self, low: &str, high: &str, value: Interval) -> (String, Vec<Value>) {
        match self {
            Self::Eq => (format!("({low} >= ? AND {high} <= ?)"), vec![value.low.into(), value.high.into()]),
            Self::Ne => (format!("NOT ({low} >= ? AND {high} <= ?)"), vec![value.low.into(), value.high.into()]),
            Self::Gt => (format!("{high} > ?"), vec![value.high.into()]),
            Self::Ge => (format!("{high} > ?"), vec![value.low.into()]),
            Self::Lt => (format!("{low} < ?"), vec![value.low.into()]),
            Self::Le => (format!("{low} < ?"), vec![value.high.into()]),
        }
    }
}

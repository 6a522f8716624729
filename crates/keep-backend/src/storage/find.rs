//! Search: conditions to SQL, keyset pages.

use super::Storage;
use super::moment::Interval;
use crate::fhir::Refusal;
use rusqlite::types::Value as Bound;
use rusqlite::{Connection, params_from_iter};

/// One condition; conditions are joined by "and", the alternatives inside one by "or".
#[derive(Debug, Clone)]
pub(crate) enum Condition {
    /// Logical ids.
    Ids(Vec<String>),
    /// `meta.lastUpdated`.
    Updated(Comparison, Interval),
    /// Exact values of a parameter, each with a system where one was given.
    Words { param: &'static str, any: Vec<(String, Option<String>)> },
    /// Values that begin so (or equal, for `:exact`).
    Prefixes { param: &'static str, any: Vec<String> },
    /// A date parameter.
    Moments { param: &'static str, any: Vec<(Comparison, Interval)> },
}

/// FHIR's comparison prefixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
}

/// What orders the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// As they were first stored.
    Stored,
    Updated,
    Happened,
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
    /// Continue after this row.
    pub(crate) after: Option<Place>,
}

/// Where a page ended: the sort value and the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Number(i64, i64),
    Id(String),
}

/// A row of a page.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) id: String,
    pub(crate) body: String,
    pub(crate) place: Place,
}

impl Storage {
    /// One page and one row more, which says that there is a next page.
    pub(crate) fn find(connection: &Connection, search: &Search) -> Result<Vec<Found>, Refusal> {
        let (mut clauses, mut bound) = conditions_of(search);
        let (key, less) = match search.order {
            Order::Stored => ("0", "<"),
            Order::Updated => ("r.updated", "<"),
            Order::Happened => ("r.happened", "<"),
            Order::Id => ("r.id", "<"),
        };
        let (direction, sign) = if search.descending { ("DESC", less) } else { ("ASC", ">") };
        match &search.after {
            Some(Place::Number(value, rid)) if search.order == Order::Stored => {
                let _ = value;
                clauses.push(format!("r.rid {sign} ?"));
                bound.push((*rid).into());
            }
            Some(Place::Number(value, rid)) => {
                clauses.push(format!("({key}, r.rid) {sign} (?, ?)"));
                bound.extend([(*value).into(), (*rid).into()]);
            }
            Some(Place::Id(id)) => {
                clauses.push(format!("r.id {sign} ?"));
                bound.push(id.clone().into());
            }
            None => {}
        }
        let order = match search.order {
            Order::Stored => format!("r.rid {direction}"),
            Order::Id => format!("r.id {direction}"),
            Order::Updated | Order::Happened => format!("{key} {direction}, r.rid {direction}"),
        };
        bound.push(i64::try_from(search.count).unwrap_or(i64::MAX).saturating_add(1).into());
        let sql = format!(
            "SELECT r.rid, r.id, r.updated, r.happened, v.body FROM resource r JOIN version v ON v.vid = r.vid
             WHERE {} ORDER BY {order} LIMIT ?",
            clauses.join(" AND ")
        );
        let mut statement = connection.prepare_cached(&sql).map_err(Refusal::database)?;
        statement
            .query_map(params_from_iter(bound), |r| {
                let (rid, id): (i64, String) = (r.get(0)?, r.get(1)?);
                let place = match search.order {
                    Order::Stored => Place::Number(0, rid),
                    Order::Updated => Place::Number(r.get(2)?, rid),
                    Order::Happened => Place::Number(r.get(3)?, rid),
                    Order::Id => Place::Id(id.clone()),
                };
                Ok(Found { id, body: r.get(4)?, place })
            })
            .and_then(Iterator::collect)
            .map_err(Refusal::database)
    }

    /// How many there are, pages aside.
    pub(crate) fn count(connection: &Connection, search: &Search) -> Result<i64, Refusal> {
        let (clauses, bound) = conditions_of(search);
        let sql = format!("SELECT count(*) FROM resource r WHERE {}", clauses.join(" AND "));
        connection
            .prepare_cached(&sql)
            .and_then(|mut s| s.query_row(params_from_iter(bound), |r| r.get(0)))
            .map_err(Refusal::database)
    }
}

fn conditions_of(search: &Search) -> (Vec<String>, Vec<Bound>) {
    // The plus keeps SQLite from scanning the whole type in order when a condition names few rows.
    let narrow = search.conditions.iter().any(|c| !matches!(c, Condition::Updated(..)));
    let plus = if narrow { "+" } else { "" };
    let mut clauses = vec![format!("{plus}r.type = ?"), String::from("r.deleted = 0")];
    let mut bound: Vec<Bound> = vec![search.resource_type.clone().into()];
    for condition in &search.conditions {
        let of_type = |table: &str, param: &str, inner: String| {
            format!("r.rid IN (SELECT rid FROM {table} WHERE type = ? AND param = '{param}' AND ({inner}))")
        };
        match condition {
            Condition::Ids(ids) => {
                // Type and id are bound together so that the unique index serves.
                clauses.push(format!(
                    "r.rid IN (SELECT rid FROM resource WHERE type = ? AND id IN ({}))",
                    marks(ids.len())
                ));
                bound.push(search.resource_type.clone().into());
                bound.extend(ids.iter().cloned().map(Bound::from));
            }
            Condition::Updated(comparison, interval) => {
                let (text, values) = comparison.sql("r.updated", "r.updated + 1", *interval);
                clauses.push(text);
                bound.extend(values);
            }
            Condition::Words { param, any } => {
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
            Condition::Moments { param, any } => {
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

fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

impl Comparison {
    /// FHIR R4 3.1.1.4.5 over the half-open intervals [low, high) of the row and of the parameter.
    fn sql(self, low: &str, high: &str, given: Interval) -> (String, Vec<Bound>) {
        match self {
            Self::Eq => (format!("({low} >= ? AND {high} <= ?)"), vec![given.low.into(), given.high.into()]),
            Self::Ne => (format!("NOT ({low} >= ? AND {high} <= ?)"), vec![given.low.into(), given.high.into()]),
            Self::Gt => (format!("{high} > ?"), vec![given.high.into()]),
            Self::Ge => (format!("{high} > ?"), vec![given.low.into()]),
            Self::Lt => (format!("{low} < ?"), vec![given.low.into()]),
            Self::Le => (format!("{low} < ?"), vec![given.high.into()]),
        }
    }
}

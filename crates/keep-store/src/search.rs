//! Patient search: a bounded candidate set from the search keys is ranked, then read.

use crate::derived::Derived;
use crate::error::{FindingKind, StoreError};
use crate::ledger::AuditGated;
use crate::record::Record;
use crate::resource_type;
use crate::search_index::{MATCHING, born_expression, charts};
use crate::search_keys::{END_DIGITS, number_end};
use crate::search_query::{NamePart, SearchQuery};
use crate::search_similar::similar;
use crate::segment_access::{RowView, SegmentAccess, row_ids_of};
use crate::store::Store;
use keep_domain::Segment;
use rusqlite::{Connection, OptionalExtension};
use std::collections::{BTreeSet, HashSet};

/// The most candidates; totals are exact below it.
const CANDIDATES: usize = 500;
/// The most candidates whose sort keys are read for ranking.
const RANKED: usize = 60;
/// With fewer matches than this, similar names are looked for, too.
const FEW: usize = 3;

/// One page of a patient search.
#[derive(Debug, Clone)]
pub struct SearchPage {
    /// The Patient records of this page, best match first; each row's tag has been checked.
    pub patients: Vec<Record>,
    /// How many match; exact below 500.
    pub total: u32,
    /// Whether more than `total` match.
    pub more: bool,
    /// How many patients of this page are left out because their charts do not match their sums.
    pub damaged: u32,
    /// Whether patients may be missing, because charts were damaged when the search tables were rebuilt.
    pub incomplete: bool,
    /// How many of `total` match as typed; the others, which come after them, have names that differ in one letter.
    pub exact: u32,
    /// Whether the text has no letter and no digit, so that no patient was looked for.
    pub unusable: bool,
}

/// A patient's sort keys.
struct SortKey {
    chart_number: u32,
    family: String,
    given: String,
    words: String,
    born: String,
}

impl Store {
    /// Finds patients by the beginnings of names in any order, birth date, number or phone; every part must match.
    /// An empty query lists patients by family name.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a Patient row does not fit its tag.
    pub fn search_patients(
        &self,
        typed: &str,
        offset: usize,
        limit: usize,
    ) -> Result<AuditGated<SearchPage>, StoreError> {
        let query = SearchQuery::parse(typed);
        let access = self.access(Segment::Directory)?;
        self.read_confirmed(|conn| {
            Derived::SEARCH.into_iter().try_for_each(|table| access.require(table))?;
            let (mut chart_numbers, more) = matching(conn, &query, typed)?;
            let exact = chart_numbers.len();
            if exact < FEW {
                chart_numbers.extend(similar(conn, &query, &chart_numbers)?);
            }
            let mut patients = Vec::with_capacity(limit.min(chart_numbers.len()));
            let mut damaged = 0;
            for chart_number in chart_numbers.iter().skip(offset).take(limit) {
                match patient_of(conn, access, *chart_number) {
                    Ok(patient) => patients.extend(patient),
                    // A damaged chart hides no other patient; the page counts it.
                    Err(StoreError::Damaged(finding)) if finding.kind != FindingKind::Page => damaged += 1,
                    Err(other) => return Err(other),
                }
            }
            let total = u32::try_from(chart_numbers.len()).unwrap_or(u32::MAX);
            Ok(AuditGated::new(SearchPage {
                patients,
                total,
                more,
                damaged,
                incomplete: access.confirmed.is_incomplete(),
                exact: u32::try_from(exact).unwrap_or(u32::MAX),
                unusable: query.unusable,
            }))
        })
    }
}

/// The patients who match every part as typed.
fn matching(conn: &Connection, query: &SearchQuery, typed: &str) -> Result<(Vec<u32>, bool), StoreError> {
    if query.unusable {
        return Ok((Vec::new(), false));
    }
    let found = if query.is_empty() {
        list_all(conn)?
    } else if query.numbers.is_empty() && !query.names.is_empty() {
        match by_names(conn, query)? {
            // What looked like a year may have been a number.
            (none, _) if none.is_empty() => by_numbers(conn, query)?,
            found => found,
        }
    } else {
        by_numbers(conn, query)?
    };
    if found.0.is_empty() { Ok((by_whole_number(conn, typed)?, false)) } else { Ok(found) }
}

/// The Patient record of a directory chart: found in the chart itself, which costs one descent instead of three.
fn patient_of(conn: &Connection, access: &SegmentAccess, chart_number: u32) -> Result<Option<Record>, StoreError> {
    let code = resource_type::code_of("Patient").ok_or(StoreError::Internal("type"))?;
    let (from, to) = row_ids_of(chart_number);
    access.verify_chart(conn, chart_number)?;
    let mut statement = conn.prepare_cached(&access.sql.window)?;
    let mut rows = statement.query((from, to))?;
    while let Some(row) = rows.next()? {
        let row = RowView::of(row)?;
        if row.code == code && !row.state.is_deleted() {
            return access.open_view(conn, &row).map(Some);
        }
    }
    Ok(None)
}

fn list_all(conn: &Connection) -> Result<(Vec<u32>, bool), StoreError> {
    let found = charts(conn, "SELECT ordinal FROM main.patient_key ORDER BY family, given", &[], CANDIDATES + 1)?;
    Ok(cut(found))
}

fn cut(mut found: Vec<u32>) -> (Vec<u32>, bool) {
    let more = found.len() > CANDIDATES;
    found.truncate(CANDIDATES);
    (found, more)
}

/// Names, with or without birth dates: one search of the full-text index. If it finds too many to rank, families that
/// begin with a name come first and in order, from the b-tree.
fn by_names(conn: &Connection, query: &SearchQuery) -> Result<(Vec<u32>, bool), StoreError> {
    let names = &query.names;
    let born = query.born.iter().map(|dates| born_expression(dates));
    let terms: Vec<String> = names.iter().map(NamePart::expression).chain(born).collect();
    let (hits, more) = cut(charts(conn, MATCHING, &[&terms.join(" AND ")], CANDIDATES + 1)?);
    if hits.len() <= RANKED {
        return Ok((ranked(conn, &hits, names, &query.born)?, more));
    }
    let mut first = Vec::new();
    for name in names.iter().flat_map(NamePart::words) {
        first.extend(by_family(conn, name, names)?);
    }
    if !query.born.is_empty() {
        first = ranked(conn, &first, names, &query.born)?;
    }
    let mut listed = HashSet::new();
    let mut found: Vec<u32> = first.into_iter().chain(hits).filter(|o| listed.insert(*o)).collect();
    found.truncate(CANDIDATES);
    Ok((found, more))
}

/// The first patients whose family name begins with `name` and who match all names, read from the index alone. A
/// former name does not match here; the full-text index has found it.
fn by_family(conn: &Connection, name: &str, names: &[NamePart]) -> Result<Vec<u32>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT ordinal, family, given FROM main.patient_key INDEXED BY patient_key_family
         WHERE family >= ?1 AND family < ?2 ORDER BY family, given LIMIT ?3",
    )?;
    let mut rows = statement.query((name, end_of(name), i64::try_from(RANKED).unwrap_or(i64::MAX)))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let text = |r: rusqlite::Result<rusqlite::types::ValueRef<'_>>| -> Result<String, StoreError> {
            Ok(r?.as_str().map_err(rusqlite::Error::from)?.to_owned())
        };
        let words = format!(" {} {}", text(row.get_ref(1))?, text(row.get_ref(2))?);
        if names.iter().all(|n| n.matches(&words)) {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
}

/// Dates and numbers narrow first; names then filter what is left.
fn by_numbers(conn: &Connection, query: &SearchQuery) -> Result<(Vec<u32>, bool), StoreError> {
    let criteria = query.numbers.len() + query.born.len();
    let mut remaining: Option<BTreeSet<u32>> = None;
    let mut narrow = |found: BTreeSet<u32>| {
        remaining = Some(match remaining.take() {
            None => found,
            Some(remaining) => remaining.intersection(&found).copied().collect(),
        });
    };
    for number in &query.numbers {
        let mut found = by_number(conn, number)?;
        found.extend(by_phone(conn, number)?);
        narrow(found);
    }
    for dates in &query.born {
        let mut found = BTreeSet::new();
        for date in dates {
            found.extend(between(conn, "patient_key", "born", date)?);
            // Four digits may also be the beginning of a number or the end of a phone.
            if date.len() == 4 {
                let reversed: String = date.chars().rev().collect();
                found.extend(by_number(conn, date)?);
                found.extend(between(conn, "patient_phone", "digits", &format!("r{reversed}"))?);
            }
        }
        narrow(found);
    }
    let candidates: Vec<u32> = remaining.unwrap_or_default().into_iter().collect();
    if criteria == 1 && query.names.is_empty() {
        // Nothing to filter: only the first are put in order.
        let (mut found, more) = cut(candidates);
        let rest = found.split_off(found.len().min(RANKED));
        let mut found = ranked(conn, &found, &[], &[])?;
        found.extend(rest);
        return Ok((found, more));
    }
    let found = ranked(conn, &candidates, &query.names, &query.born)?;
    Ok(cut(found))
}

/// Patients with an identifier that begins with `number`, or ends with it where it is all digits: leading letters and
/// zeros are often left out.
fn by_number(conn: &Connection, number: &str) -> Result<BTreeSet<u32>, StoreError> {
    let mut found = between(conn, "patient_number", "value", number)?;
    if let Some(end) = number_end(number).filter(|end| end.len() == number.len() + 1) {
        found.extend(between(conn, "patient_number", "value", &end)?);
    }
    Ok(found)
}

/// Patients with a telephone whose number begins or ends with these digits.
fn by_phone(conn: &Connection, number: &str) -> Result<BTreeSet<u32>, StoreError> {
    if number.len() < END_DIGITS || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(BTreeSet::new());
    }
    let reversed: String = number.chars().rev().collect();
    let mut found = between(conn, "patient_phone", "digits", &format!("f{number}"))?;
    found.extend(between(conn, "patient_phone", "digits", &format!("r{reversed}"))?);
    Ok(found)
}

/// If no patient was found: the whole query as one identifier, ignoring the characters between its parts.
fn by_whole_number(conn: &Connection, typed: &str) -> Result<Vec<u32>, StoreError> {
    let number = crate::fold::number(typed);
    if !number.contains(|c: char| c.is_ascii_digit()) {
        return Ok(Vec::new());
    }
    let mut found = by_number(conn, &number)?;
    found.extend(by_phone(conn, &number)?);
    let found: Vec<u32> = found.into_iter().take(CANDIDATES).collect();
    ranked(conn, &found, &[], &[])
}

fn between(conn: &Connection, table: &str, column: &str, from: &str) -> Result<BTreeSet<u32>, StoreError> {
    let sql = format!("SELECT ordinal FROM main.{table} WHERE {column} >= ?1 AND {column} < ?2");
    Ok(charts(conn, &sql, &[from, &end_of(from)], CANDIDATES * 4)?.into_iter().collect())
}

/// The first text after everything that begins with `prefix`.
fn end_of(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}

/// Reads the sort keys of candidates, drops those that do not match, and sorts: whole family name, beginning of
/// the family name, any other; then by name.
fn ranked(
    conn: &Connection,
    candidates: &[u32],
    names: &[NamePart],
    born: &[Vec<String>],
) -> Result<Vec<u32>, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT ordinal, family, given, words, born FROM main.patient_key WHERE ordinal = ?1")?;
    let mut keys = Vec::with_capacity(candidates.len().min(CANDIDATES));
    for chart_number in candidates {
        let key = statement
            .query_row([chart_number], |r| {
                Ok(SortKey {
                    chart_number: r.get(0)?,
                    family: r.get(1)?,
                    given: r.get(2)?,
                    words: r.get(3)?,
                    born: r.get(4)?,
                })
            })
            .optional()?;
        keys.extend(key.filter(|k| {
            names.iter().all(|n| n.matches(&k.words))
                && born.iter().all(|dates| {
                    dates.len() == 1 && is_year(dates) || dates.iter().any(|d| k.born.starts_with(d.as_str()))
                })
        }));
        if keys.len() > CANDIDATES {
            break;
        }
    }
    let grade = |k: &SortKey| {
        let best = |n: &String| if k.family == *n { 0 } else { 1 + u8::from(!k.family.starts_with(n.as_str())) };
        names.iter().flat_map(NamePart::words).map(best).min().unwrap_or(0)
    };
    keys.sort_by_cached_key(|k| (grade(k), k.family.clone(), k.given.clone(), k.chart_number));
    Ok(keys.into_iter().map(|k| k.chart_number).collect())
}

/// A bare year was matched against numbers, too, so it does not exclude by itself.
fn is_year(dates: &[String]) -> bool {
    dates.first().is_some_and(|d| d.len() == 4)
}

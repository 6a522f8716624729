//! Derived search keys: written with a row, never shown, rebuilt from the rows.

use crate::deferred_search_keys::{DeferredSearchKeys, KeyTable};
use crate::derived::Derived;
use crate::error::StoreError;
use crate::fold;
use crate::id_key::IdKey;
use crate::resource_type::code_of;
use crate::row_facts::{RowFacts, SearchKeys};
use crate::segment_access::{SegmentAccess, chart_number_of};
use keep_domain::{Phi, Segment};
use keep_fhir::{PatientFacts, PatientName};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ToSql, params};

/// Writes search keys in the directory's tables and in a segment's day list. Some wait in `deferred`, which the caller
/// writes before the transaction ends.
pub(crate) struct SearchKeyWriter<'w> {
    pub(crate) conn: &'w Connection,
    pub(crate) access: &'w SegmentAccess,
    pub(crate) deferred: &'w mut DeferredSearchKeys,
}

impl SearchKeyWriter<'_> {
    /// Writes the keys of a row at `row_id`; `replaced` says whether it may have older ones.
    pub(crate) fn write(&mut self, row_id: i64, replaced: bool, facts: &RowFacts) -> Result<(), StoreError> {
        if replaced {
            self.clear(facts.code.unwrap_or(0), row_id)?;
        }
        match &facts.keys {
            SearchKeys::Patient(p) if self.access.segment == Segment::Directory => {
                self.write_patient(chart_number_of(row_id), &facts.id, p)
            }
            SearchKeys::Day { start: Some(start), status } => {
                self.write_day(row_id, start.0, status.as_deref().unwrap_or_default(), facts)
            }
            _ => Ok(()),
        }
    }

    /// Removes the keys of a row.
    pub(crate) fn clear(&mut self, code: u16, row_id: i64) -> Result<(), StoreError> {
        let schema = self.access.schema;
        let is = |name: &str| code_of(name) == Some(code);
        if is("Appointment") || is("Encounter") {
            let sql =
                format!("DELETE FROM {schema}.day_key WHERE place = ?1 RETURNING place, type, start, status, patient");
            self.delete(Derived::Days, &sql, &row_id)?;
        }
        if is("Patient") && self.access.segment == Segment::Directory {
            self.deferred.discard(chart_number_of(row_id));
            let chart_number = i64::from(chart_number_of(row_id));
            for (table, sql) in [
                (
                    Derived::Keys,
                    "DELETE FROM main.patient_key WHERE ordinal = ?1 RETURNING ordinal, family, given, words, born",
                ),
                (Derived::Numbers, "DELETE FROM main.patient_number WHERE ordinal = ?1 RETURNING value, ordinal"),
                (Derived::Phones, "DELETE FROM main.patient_phone WHERE ordinal = ?1 RETURNING digits, ordinal"),
                (
                    Derived::Links,
                    "DELETE FROM main.patient_link WHERE patient IN (SELECT patient FROM main.chart WHERE ordinal = ?1)
                 RETURNING patient, other",
                ),
            ] {
                self.delete(table, sql, &chart_number)?;
            }
            self.deferred.changes.touch_names();
            self.conn.prepare_cached("DELETE FROM main.patient_name WHERE rowid = ?1")?.execute([chart_number])?;
        }
        Ok(())
    }

    /// Deletes entries of a derived table and removes them from its digest.
    fn delete(&mut self, table: Derived, sql: &str, key: &dyn ToSql) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query([key])?;
        while let Some(row) = rows.next()? {
            let entry = (0..columns).map(|c| row.get_ref(c)).collect::<rusqlite::Result<Vec<ValueRef<'_>>>>()?;
            self.deferred.changes.remove(&self.access.tagger, table, &entry);
        }
        Ok(())
    }

    fn write_day(&mut self, row_id: i64, start: i64, status: &str, facts: &RowFacts) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO {}.day_key (place, type, start, status, patient) VALUES (?1, ?2, ?3, ?4, ?5)",
            self.access.schema
        );
        let (code, patient) = (facts.code.unwrap_or(0), facts.patient.as_ref().map(IdKey::bytes));
        self.conn.prepare_cached(&sql)?.execute(params![row_id, code, start, status, patient])?;
        let entry = [
            ValueRef::Integer(row_id),
            ValueRef::Integer(i64::from(code)),
            ValueRef::Integer(start),
            ValueRef::Text(status.as_bytes()),
            patient.map_or(ValueRef::Null, ValueRef::Blob),
        ];
        self.deferred.changes.add(&self.access.tagger, Derived::Days, &entry);
        Ok(())
    }

    fn write_patient(&mut self, chart_number: u32, id: &IdKey, p: &PatientFacts) -> Result<(), StoreError> {
        let (conn, access) = (self.conn, self.access);
        let deferred = &mut *self.deferred;
        let mut all: Vec<String> = Vec::new();
        // EXPOSE: folded into the encrypted search keys of the same file.
        all.extend(p.names.iter().flat_map(parts_of).flat_map(|part| fold::index_words(part.expose())));
        let (family, given) = p.names.iter().min_by_key(|n| n.rank()).map(sort_words).unwrap_or_default();
        all.sort_unstable();
        all.dedup();
        let words = all.join(" ");
        let spaced = format!(" {words}");
        // EXPOSE: stored as a search key of the same file.
        let born = p.birth_date.as_ref().map_or("", |b| b.expose().as_str());
        conn.prepare_cached(
            "INSERT INTO main.patient_key (ordinal, family, given, words, born) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![chart_number, family, given, spaced, born])?;
        deferred.changes.add(
            &access.tagger,
            Derived::Keys,
            &[
                ValueRef::Integer(i64::from(chart_number)),
                ValueRef::Text(family.as_bytes()),
                ValueRef::Text(given.as_bytes()),
                ValueRef::Text(spaced.as_bytes()),
                ValueRef::Text(born.as_bytes()),
            ],
        );
        deferred.changes.touch_names();
        conn.prepare_cached("INSERT INTO main.patient_name (rowid, words) VALUES (?1, ?2)")?
            .execute(params![chart_number, name_words(&words, born)])?;
        for identifier in &p.identifiers {
            // EXPOSE: stored as a search key of the same file.
            let value = fold::number(identifier.value.expose());
            if !value.is_empty() {
                if let Some(end) = number_end(&value) {
                    deferred.add(KeyTable::Number, end, chart_number);
                }
                deferred.add(KeyTable::Number, value, chart_number);
            }
        }
        for phone in &p.phones {
            // EXPOSE: stored as a search key of the same file.
            let digits = fold::digits(phone.expose());
            if !digits.is_empty() {
                let reversed: String = digits.chars().rev().collect();
                deferred.add(KeyTable::Phone, format!("f{digits}"), chart_number);
                deferred.add(KeyTable::Phone, format!("r{reversed}"), chart_number);
            }
        }
        for link in &p.links {
            let other = IdKey::of(&link.other.id);
            let mut insert =
                conn.prepare_cached("INSERT OR IGNORE INTO main.patient_link (patient, other) VALUES (?1, ?2)")?;
            if insert.execute(params![id.bytes(), other.bytes()])? == 1 {
                let entry = [ValueRef::Blob(id.bytes()), ValueRef::Blob(other.bytes())];
                deferred.changes.add(&access.tagger, Derived::Links, &entry);
            }
        }
        if deferred.is_full() { deferred.write(conn, access) } else { Ok(()) }
    }
}

/// All texts of a name.
fn parts_of(name: &PatientName) -> impl Iterator<Item = &Phi<String>> {
    name.family.iter().chain(&name.given).chain(&name.text)
}

/// The folded family and given name by which a list is in order; of a name that is only a text, the text.
fn sort_words(name: &PatientName) -> (String, String) {
    // EXPOSE: folded into the encrypted search keys of the same file.
    let words = |part: &Phi<String>| fold::words(part.expose()).join(" ");
    let given: Vec<String> = name.given.iter().map(words).filter(|w| !w.is_empty()).collect();
    let family = name.family.as_ref().or_else(|| name.text.as_ref().filter(|_| given.is_empty()));
    (family.map(words).unwrap_or_default(), given.join(" "))
}

/// Begins the word of a birth date: for private use in Unicode, so that the full-text index takes it for a letter and
/// [`fold::words`] leaves it in no name.
const BORN: char = '\u{e000}';

/// A birth date as one word of the full-text index, so that a name with a date is one bounded search: the word of a
/// year or of a month is the beginning of the word of each of its days.
pub(crate) fn birth_word(born: &str) -> String {
    format!("{BORN}{}", fold::digits(born))
}

/// The fewest digits that find a number or a telephone by its end.
pub(crate) const END_DIGITS: usize = 3;

/// The digits at the end of an identifier, as they are stored and searched: reversed after a small `r`, with which no
/// identifier in upper case begins. `None` where they are too few.
pub(crate) fn number_end(value: &str) -> Option<String> {
    let end: String = value.chars().rev().take_while(char::is_ascii_digit).collect();
    (end.len() >= END_DIGITS).then(|| format!("r{end}"))
}

/// The text of one person in the full-text index, from the folded words of the names and the birth date.
pub(crate) fn name_words(words: &str, born: &str) -> String {
    format!("{} {}", words.trim_start(), birth_word(born))
}

//! Names that differ from what was typed by one slip: a letter left out, added, changed, or two exchanged.

use crate::error::StoreError;
use crate::fold;
use crate::search_index::{MATCHING, born_expression, charts};
use crate::search_query::SearchQuery;
use rusqlite::Connection;
use std::collections::BTreeSet;

/// The most similar patients.
const MOST: usize = 20;
/// The fewest letters of a name whose slips are looked for: of a shorter one, one letter is too large a part.
const LETTERS: usize = 4;
/// The most letters: every further one adds about sixty forms to look for.
const MOST_LETTERS: usize = 16;
/// A script with more letters is not typed letter by letter.
const ALPHABET: usize = 80;

/// The patients who match if one letter of one name is put right, the most similar first; none of `exact`.
///
/// The forms are made from what was typed, so the cost does not grow with the number of names in the directory.
pub(crate) fn similar(conn: &Connection, query: &SearchQuery, exact: &[u32]) -> Result<Vec<u32>, StoreError> {
    if !query.numbers.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = BTreeSet::new();
    for (at, part) in query.names.iter().enumerate() {
        let Some(word) = part.as_word().filter(|w| has_slips(w)) else { continue };
        let forms: Vec<String> = forms(word).iter().map(|form| format!("\"{form}\"*")).collect();
        let others = query.names.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, p)| p.expression());
        let others = others.chain(query.born.iter().map(|dates| born_expression(dates)));
        let terms: Vec<String> = std::iter::once(format!("({})", forms.join(" OR "))).chain(others).collect();
        let limit = MOST * 3;
        for chart in charts(conn, MATCHING, &[&terms.join(" AND ")], limit)?.into_iter().filter(|c| !exact.contains(c))
        {
            if let Some((words, sort)) = key_of(conn, chart)? {
                found.insert((distance(word, &words), sort, chart));
            }
        }
    }
    let mut listed = BTreeSet::new();
    Ok(found.into_iter().map(|(_, _, chart)| chart).filter(|c| listed.insert(*c)).take(MOST).collect())
}

/// The words of a patient and what a list is sorted by.
fn key_of(conn: &Connection, chart: u32) -> Result<Option<(String, String)>, StoreError> {
    use rusqlite::OptionalExtension;
    let sql = "SELECT words, family || ' ' || given FROM main.patient_key WHERE ordinal = ?1";
    Ok(conn.prepare_cached(sql)?.query_row([chart], |r| Ok((r.get(0)?, r.get(1)?))).optional()?)
}

/// The distance of the nearest whole word.
fn distance(word: &str, words: &str) -> usize {
    words.split(' ').map(|w| strsim::osa_distance(word, w)).min().unwrap_or(usize::MAX)
}

fn has_slips(word: &str) -> bool {
    let letters = word.chars().count();
    (LETTERS..=MOST_LETTERS).contains(&letters)
        && !word.chars().any(|c| c.is_ascii_digit() || fold::is_syllabic(c))
        && alphabet(word).len() <= ALPHABET
}

/// The letters of the word's script: those of its block of 128 code points that stay as they are when folded.
fn alphabet(word: &str) -> Vec<char> {
    let Some(first) = word.chars().next() else { return Vec::new() };
    let block = u32::from(first) & !0x7f;
    let letters = (block..block + 0x80).filter_map(char::from_u32).filter(|c| c.is_alphabetic());
    letters.filter(|c| fold::words(c.encode_utf8(&mut [0; 4])) == [c.to_string()]).collect()
}

/// The beginnings of names that differ from `word` by one slip. A change or an addition at the end needs no form: the
/// word without its last letter is the beginning of them.
fn forms(word: &str) -> BTreeSet<String> {
    let (letters, alphabet): (Vec<char>, _) = (word.chars().collect(), alphabet(word));
    let mut forms = BTreeSet::new();
    for at in 0..letters.len() {
        let (head, tail) = letters.split_at_checked(at).unwrap_or_default();
        let [first, rest @ ..] = tail else { continue };
        let mut add = |middle: &[char], end: &[char]| forms.insert(head.iter().chain(middle).chain(end).collect());
        add(&[], rest);
        if let [second, end @ ..] = rest {
            add(&[*second, *first], end);
            for letter in &alphabet {
                add(&[*letter], rest);
            }
        }
        for letter in &alphabet {
            add(&[*letter], tail);
        }
    }
    forms.remove(word);
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slip_of_one_letter_is_a_form() {
        let found = forms("okafor");
        let is_found = |name: &str| found.iter().any(|form| name.starts_with(form.as_str()));
        for name in
            ["okafr", "kafor", "okaafor", "okagor", "okafro", "xokafor", "okafox", "okaforx", "pkafor", "koafor"]
        {
            assert!(is_found(name), "{name}");
        }
        assert!(!is_found("okxxor") && !is_found("smith"));
        assert!(found.len() < 400, "{}", found.len());
    }

    #[test]
    fn slips_are_looked_for_in_scripts_with_few_letters() {
        let sizes = ["gonzalez", "παπαδοπουλοσ", "иванова", "عليرضا", "כהנמ", "ყიფიანი"].map(|w| alphabet(w).len());
        assert!(sizes.iter().all(|s| (20..=ALPHABET).contains(s)), "{sizes:?}");
        assert!(has_slips("иванова") && !has_slips("lee") && !has_slips("王小明王") && !has_slips("abc1"));
    }
}

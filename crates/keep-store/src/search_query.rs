//! Parsing what was typed into the patient search.

use crate::fold;

/// The parts of a query; a patient must match all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SearchQuery {
    /// Folded beginnings of names, in any order.
    pub(crate) names: Vec<String>,
    /// Birth dates as ISO beginnings; a date that reads two ways gives both.
    pub(crate) born: Vec<Vec<String>>,
    /// Numbers: an identifier's beginning or the digits of its end, a phone's beginning or its end.
    pub(crate) numbers: Vec<String>,
}

/// Separators between the parts of an identifier.
const BETWEEN: [char; 5] = ['-', '.', '/', '_', ':'];

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

impl SearchQuery {
    pub(crate) fn parse(typed: &str) -> Self {
        let mut query = Self::default();
        let mut tokens: Vec<&str> = typed.split_whitespace().take(12).collect();
        query.take_spelled_date(&mut tokens);
        // A phone or number written with gaps is one number.
        let mut digits = String::new();
        for token in tokens {
            let token = token.trim_matches([',', ';']);
            let dates = dates_of(token);
            let has_letter = token.chars().any(char::is_alphabetic);
            if !dates.is_empty() {
                query.born.push(dates);
            } else if has_letter && token.chars().any(|c| c.is_ascii_digit()) && token.contains(BETWEEN) {
                query.numbers.push(fold::number(token));
            } else if has_letter {
                query.names.extend(fold::words(token));
            } else {
                digits.push_str(&fold::digits(token));
            }
        }
        if !digits.is_empty() {
            query.numbers.push(digits);
        }
        query
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.names.is_empty() && self.born.is_empty() && self.numbers.is_empty()
    }

    /// `14 mar 1958`: three tokens in a row.
    fn take_spelled_date(&mut self, tokens: &mut Vec<&str>) {
        let found = tokens.windows(3).enumerate().find_map(|(at, three)| {
            let [day, month, year] = three else { return None };
            let day: u32 = day.trim_matches(['.', ',']).parse().ok().filter(|d| (1..=31).contains(d))?;
            let folded = fold::words(month).pop()?;
            let name = folded.get(..3)?;
            let month = MONTHS.iter().position(|m| *m == name)? + 1;
            let year: u32 = year.parse().ok().filter(|y| (1800..=2200).contains(y))?;
            Some((at, format!("{year:04}-{month:02}-{day:02}")))
        });
        if let Some((at, date)) = found {
            tokens.drain(at..at + 3);
            self.born.push(vec![date]);
        }
    }
}

/// The ISO beginnings that a token may mean as a date.
fn dates_of(token: &str) -> Vec<String> {
    let parts: Vec<&str> = token.split(['-', '.', '/']).filter(|p| !p.is_empty()).collect();
    if !parts.iter().all(|p| p.bytes().all(|b| b.is_ascii_digit())) {
        return Vec::new();
    }
    let number = |p: &str| p.parse::<u32>().unwrap_or(0);
    let year = |p: &str| p.len() == 4 && (1800..=2200).contains(&number(p));
    match parts.as_slice() {
        [y] if year(y) => vec![(*y).to_owned()],
        [all] if all.len() == 8 && all.get(..4).is_some_and(year) => {
            let (m, d) = (all.get(4..6).unwrap_or(""), all.get(6..).unwrap_or(""));
            valid(all.get(..4).unwrap_or(""), m, d).into_iter().collect()
        }
        [y, m] if year(y) && (1..=12).contains(&number(m)) => vec![format!("{y}-{:02}", number(m))],
        [y, m, d] if year(y) => valid(y, m, d).into_iter().collect(),
        [a, b, y] if year(y) => {
            // Day first or month first: where both are possible, both are looked for.
            let mut found: Vec<String> = valid(y, b, a).into_iter().chain(valid(y, a, b)).collect();
            found.dedup();
            found
        }
        _ => Vec::new(),
    }
}

fn valid(year: &str, month: &str, day: &str) -> Option<String> {
    let (m, d) = (month.parse::<u32>().ok()?, day.parse::<u32>().ok()?);
    ((1..=12).contains(&m) && (1..=31).contains(&d)).then(|| format!("{year}-{m:02}-{d:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, names: &[&str], born: &[&[&str]], numbers: &[&str]) {
        let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let expected =
            SearchQuery { names: owned(names), born: born.iter().map(|b| owned(b)).collect(), numbers: owned(numbers) };
        assert_eq!(SearchQuery::parse(typed), expected, "{typed}");
    }

    #[test]
    fn names_dates_and_numbers_are_distinguished() {
        check("Gonz María", &["gonz", "maria"], &[], &[]);
        check("okafor 1958-03-14", &["okafor"], &[&["1958-03-14"]], &[]);
        check("14.3.1958", &[], &[&["1958-03-14"]], &[]);
        check("03/04/1958 ada", &["ada"], &[&["1958-04-03", "1958-03-04"]], &[]);
        check("19580314", &[], &[&["1958-03-14"]], &[]);
        check("1958", &[], &[&["1958"]], &[]);
        check("1958-03", &[], &[&["1958-03"]], &[]);
        check("14 March 1958 ok", &["ok"], &[&["1958-03-14"]], &[]);
        check("CH-004471", &[], &[], &["CH004471"]);
        check("ch.004/471", &[], &[], &["CH004471"]);
        check("00.44-71", &[], &[], &["004471"]);
        check("555 010-1234", &[], &[], &["5550101234"]);
        check("Gonzalez124", &["gonzalez124"], &[], &[]);
        check("", &[], &[], &[]);
    }
}

//! Parsing what was typed into the patient search.

use crate::fold;
use keep_domain::MONTHS;

/// The parts of a query; a patient must match all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SearchQuery {
    /// Beginnings of names, in any order.
    pub(crate) names: Vec<NamePart>,
    /// Birth dates as ISO beginnings; a date that reads several ways gives each.
    pub(crate) born: Vec<Vec<String>>,
    /// Numbers: an identifier's beginning or the digits of its end, a phone's beginning or its end.
    pub(crate) numbers: Vec<String>,
    /// Whether something was typed that has no letter and no digit.
    pub(crate) unusable: bool,
}

/// One typed part of a name. It may be read in several ways: a compound as its words or as one, a Chinese, Japanese or
/// Korean name as one word or as family and given name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamePart {
    /// Folded beginnings of names, of each reading; of one of them all must match.
    readings: Vec<Vec<String>>,
}

impl NamePart {
    fn of(token: &str) -> Option<Self> {
        let words = fold::words(token);
        let mut readings = Vec::new();
        match words.as_slice() {
            [] => return None,
            [word] => {
                let halves = fold::splits(word).into_iter().map(|(a, b)| vec![a.to_owned(), b.to_owned()]);
                readings.extend(halves);
            }
            _ => readings.push(vec![words.concat()]),
        }
        readings.insert(0, words);
        Some(Self { readings })
    }

    /// The only beginning, where it can be read in one way.
    pub(crate) fn as_word(&self) -> Option<&str> {
        match self.readings.as_slice() {
            [words] => words.first().filter(|_| words.len() == 1).map(String::as_str),
            _ => None,
        }
    }

    /// All beginnings of all readings.
    pub(crate) fn words(&self) -> impl Iterator<Item = &String> {
        self.readings.iter().flatten()
    }

    /// Whether words that are each preceded by a space match.
    pub(crate) fn matches(&self, words: &str) -> bool {
        self.readings.iter().any(|r| r.iter().all(|w| words.contains(&format!(" {w}"))))
    }

    /// The same as a query of the full-text index.
    pub(crate) fn expression(&self) -> String {
        let reading = |words: &Vec<String>| {
            let words: Vec<String> = words.iter().map(|w| format!("\"{w}\"*")).collect();
            words.join(" AND ")
        };
        match self.readings.as_slice() {
            [only] => reading(only),
            several => {
                let readings: Vec<String> = several.iter().map(|r| format!("({})", reading(r))).collect();
                format!("({})", readings.join(" OR "))
            }
        }
    }
}

/// Separators between the parts of an identifier.
const BETWEEN: [char; 5] = ['-', '.', '/', '_', ':'];

impl SearchQuery {
    pub(crate) fn parse(typed: &str) -> Self {
        let mut query = Self::default();
        let plain = fold::plain(typed);
        let mut tokens: Vec<&str> = plain.split_whitespace().take(12).collect();
        query.take_spelled_date(&mut tokens);
        // A phone or number written with gaps is one number.
        let mut digits = String::new();
        for token in tokens {
            let token = token.trim_matches([',', ';', '،', '、']);
            let dates = dates_of(token);
            let has_letter = token.chars().any(char::is_alphabetic);
            if !dates.is_empty() {
                query.born.push(dates);
            } else if has_letter && token.chars().any(|c| c.is_ascii_digit()) && token.contains(BETWEEN) {
                query.numbers.push(fold::number(token));
            } else if has_letter {
                query.names.extend(NamePart::of(token));
            } else {
                digits.push_str(&fold::digits(token));
            }
        }
        if !digits.is_empty() {
            query.numbers.push(digits);
        }
        query.unusable = query.is_empty() && !typed.trim().is_empty();
        query
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.names.is_empty() && self.born.is_empty() && self.numbers.is_empty()
    }

    /// `14 mar 1958`, `March 14, 1958`: three tokens in a row. Of two, `Jan 1958` may be a name and a year.
    fn take_spelled_date(&mut self, tokens: &mut Vec<&str>) {
        let found = tokens.windows(3).enumerate().find_map(|(at, three)| {
            let parts: Vec<&str> = three.iter().map(|t| t.trim_matches(['.', ','])).collect();
            let spelled = parts.iter().any(|p| month_of(p).is_some());
            let dates = if spelled { dates_of(&parts.join("-")) } else { Vec::new() };
            (!dates.is_empty()).then_some((at..at + 3, dates))
        });
        if let Some((range, dates)) = found {
            tokens.drain(range);
            self.born.push(dates);
        }
    }
}

/// The number of a month by its English name, or by three of its letters or more, as dates are shown.
fn month_of(part: &str) -> Option<u32> {
    let lower = part.to_ascii_lowercase();
    let at = MONTHS.iter().position(|m| lower.len() >= 3 && m.starts_with(&lower))?;
    u32::try_from(at + 1).ok()
}

/// The ISO beginnings that a token may mean as a date.
fn dates_of(token: &str) -> Vec<String> {
    let separators = ['-', '.', '/', '年', '月', '日', '년', '월', '일'];
    let parts: Vec<&str> = token.split(separators).filter(|p| !p.is_empty()).collect();
    // A month in letters stands for its number and cannot be the day.
    let spelled = parts.iter().position(|p| month_of(p).is_some());
    let month = spelled.and_then(|at| month_of(parts.get(at)?)).map(|m| m.to_string());
    let others: Vec<&str> =
        parts.iter().enumerate().filter(|(at, _)| Some(*at) != spelled).map(|(_, part)| *part).collect();
    if !others.iter().all(|p| p.bytes().all(|b| b.is_ascii_digit())) {
        return Vec::new();
    }
    if let Some(month) = month {
        return spelled_dates(&month, &others);
    }
    match parts.as_slice() {
        [y] if is_year(y) => vec![(*y).to_owned()],
        [all] if all.len() == 8 && all.get(..4).is_some_and(is_year) => {
            let (m, d) = (all.get(4..6).unwrap_or(""), all.get(6..).unwrap_or(""));
            valid(all.get(..4).unwrap_or(""), m, d).into_iter().collect()
        }
        [y, m] | [m, y] if is_year(y) && m.len() <= 2 && (1..=12).contains(&number(m)) => {
            vec![format!("{y}-{:02}", number(m))]
        }
        [y, m, d] if is_year(y) => valid(y, m, d).into_iter().collect(),
        // Day first or month first: where both are possible, both are looked for.
        [a, b, y] if a.len() <= 2 && b.len() <= 2 => years(y)
            .iter()
            .flat_map(|y| [valid(y, b, a), valid(y, a, b)])
            .flatten()
            .fold(Vec::new(), |mut found, date| {
                if !found.contains(&date) {
                    found.push(date);
                }
                found
            }),
        _ => Vec::new(),
    }
}

/// `14-Mar-1958`, `Mar-14-1958`, `1958-Mar-14`, `Mar-1958`.
fn spelled_dates(month: &str, others: &[&str]) -> Vec<String> {
    match others {
        [y] if is_year(y) => vec![format!("{y}-{:02}", number(month))],
        [y, d] if is_year(y) => valid(y, month, d).into_iter().collect(),
        [d, y] => years(y).iter().filter_map(|y| valid(y, month, d)).collect(),
        _ => Vec::new(),
    }
}

fn number(part: &str) -> u32 {
    part.parse().unwrap_or(0)
}

fn is_year(part: &str) -> bool {
    part.len() == 4 && (1800..=2200).contains(&number(part))
}

/// The years that a year at the end of a date may mean: `58` is 1958 and 2058.
fn years(part: &str) -> Vec<String> {
    match part.len() {
        4 if is_year(part) => vec![part.to_owned()],
        2 => vec![format!("19{part}"), format!("20{part}")],
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
        let expected = SearchQuery {
            names: owned(names).into_iter().filter_map(|n| NamePart::of(&n)).collect(),
            born: born.iter().map(|b| owned(b)).collect(),
            numbers: owned(numbers),
            unusable: false,
        };
        assert_eq!(SearchQuery::parse(typed), expected, "{typed}");
    }

    #[test]
    fn names_dates_and_numbers_are_distinguished() {
        check("Gonz María", &["gonz", "maria"], &[], &[]);
        check("okafor 1958-03-14", &["okafor"], &[&["1958-03-14"]], &[]);
        check("03/04/1958 ada", &["ada"], &[&["1958-04-03", "1958-03-04"]], &[]);
        check("1958", &[], &[&["1958"]], &[]);
        check("۱۹۵۸", &[], &[&["1958"]], &[]);
        check("1958-03", &[], &[&["1958-03"]], &[]);
        check("14 March 1958 ok", &["ok"], &[&["1958-03-14"]], &[]);
        check("CH-004471", &[], &[], &["CH004471"]);
        check("ch.004/471", &[], &[], &["CH004471"]);
        check("00.44-71", &[], &[], &["004471"]);
        check("555 010-1234", &[], &[], &["5550101234"]);
        check("Gonzalez124", &["gonzalez124"], &[], &[]);
        check("may marisol", &["may", "marisol"], &[], &[]);
        check("", &[], &[], &[]);
    }

    #[test]
    fn a_date_is_read_in_the_form_in_which_it_is_shown_and_in_others() {
        let forms = [
            "14-Mar-1958",
            "14-mar-1958",
            "14.3.1958",
            "14/03/1958",
            "1958-3-14",
            "19580314",
            "14 Mar 1958",
            "Mar 14, 1958",
            "March 14 1958",
            "14–Mar–1958",
            "14. March 1958",
            "1958-Mar-14",
            "1958年3月14日",
            "1958년3월14일",
            "١٤/٣/١٩٥٨",
            "１４．３．１９５８",
        ];
        for form in forms {
            check(form, &[], &[&["1958-03-14"]], &[]);
        }
        check("Mar-1958", &[], &[&["1958-03"]], &[]);
        check("Jan 1958", &["jan"], &[&["1958"]], &[]);
        check("Maria-1958", &[], &[], &["MARIA1958"]);
        check("03/1958", &[], &[&["1958-03"]], &[]);
        check("14/3/58", &[], &[&["1958-03-14", "2058-03-14"]], &[]);
        check("14-Mar-58", &[], &[&["1958-03-14", "2058-03-14"]], &[]);
    }

    #[test]
    fn a_query_without_letters_and_digits_is_unusable() {
        for typed in ["?", "…", " - ", "ـ", "\u{301}", "\u{200c}", "🙂"] {
            assert!(SearchQuery::parse(typed).unusable, "{typed}");
        }
        assert!(!SearchQuery::parse("  ").unusable && !SearchQuery::parse("王?").unusable);
    }

    #[test]
    fn a_name_typed_together_is_also_read_apart() {
        let of = |typed: &str| SearchQuery::parse(typed).names.remove(0).expression();
        assert_eq!(of("王小明"), r#"(("王小明"*) OR ("王"* AND "小明"*) OR ("王小"* AND "明"*))"#);
        assert_eq!(of("al-sayed"), r#"(("al"* AND "sayed"*) OR ("alsayed"*))"#);
        assert_eq!(of("gonz"), r#""gonz"*"#);
    }
}

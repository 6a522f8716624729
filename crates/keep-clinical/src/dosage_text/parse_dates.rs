//! The dates of a course.

use super::facts::Fact;
use super::parse::{Read, Text};
use super::tokens::Token;
use super::values::DayOfYear;
use super::vocabulary::month;

impl Text<'_> {
    /// `until 10 March 2024`, `from 1 Nov 2026 to 7 Nov 2026`, `1-7 Nov`.
    pub(super) fn dates(&self, at: usize) -> Read {
        if let Some(start) = self.any(at, &["until", "till", "through", "ending on", "ending"]) {
            let (end, date) = self.date(start)?;
            return Some((end, vec![Fact::Until(date)]));
        }
        let start = self.any(at, &["starting on", "starting", "beginning", "from"]);
        let (end, first, last) = self.range(start.unwrap_or(at)).or_else(|| {
            let (end, date) = self.date(start?)?;
            Some((end, date, None))
        })?;
        Some((end, std::iter::once(Fact::From(first)).chain(last.map(Fact::Until)).collect()))
    }

    fn range(&self, at: usize) -> Option<(usize, DayOfYear, Option<DayOfYear>)> {
        let joins = |at: usize| matches!(self.word(at), "to" | "until" | "till") || self.is_sign(at, &['-', '–']);
        // "1-7 Nov 2026"
        if let (Some(first), true) = (self.small(at), joins(at + 1))
            && let Some((end, last)) = self.date(at + 2)
        {
            return Some((end, DayOfYear { day: first, ..last }, Some(last)));
        }
        // "Jan 15-20, 2015"
        if let (Some(month), Some(first)) = (month(self.word(at)), self.small(at + 1))
            && let (true, Some(last)) = (self.is_sign(at + 2, &['-', '–']), self.small(at + 3))
        {
            let (end, year) = self.year(at + 4);
            let of = |day| DayOfYear { year, month, day };
            return Some((end, of(first), Some(of(last))));
        }
        let (end, first) = self.date(at)?;
        let (end, last) = if joins(end) { self.date(end + 1)? } else { return None };
        Some((end, first, Some(last)))
    }

    fn date(&self, at: usize) -> Option<(usize, DayOfYear)> {
        if let Some(Token::Date(date)) = self.token(at) {
            return Some((at + 1, *date));
        }
        if let (Some(day), Some(month)) = (self.small(at), month(self.word(at + 1))) {
            let (end, year) = self.year(at + 2);
            return Some((end, DayOfYear { year, month, day }));
        }
        let (month, day) = (month(self.word(at))?, self.small(at + 1)?);
        let (end, year) = self.year(at + 2);
        Some((end, DayOfYear { year, month, day }))
    }

    /// A day of a month.
    fn small(&self, at: usize) -> Option<i64> {
        let Some(Token::Number(_, digits)) = self.token(at) else { return None };
        digits.parse().ok().filter(|day| (1..=31).contains(day) && digits.len() <= 2)
    }

    /// A year, with or without a comma before it.
    fn year(&self, at: usize) -> (usize, Option<i64>) {
        let at_year = if self.is_sign(at, &[',']) { at + 1 } else { at };
        match self.token(at_year) {
            Some(Token::Number(_, digits)) if digits.len() == 4 => match digits.parse() {
                Ok(year) if (1900..2200).contains(&year) => (at_year + 1, Some(year)),
                _ => (at, None),
            },
            _ => (at, None),
        }
    }
}

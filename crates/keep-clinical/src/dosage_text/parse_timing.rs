//! The parts of a text that say when.

use super::facts::Fact;
use super::parse::{Read, Text};
use super::structure::{DayEvent, Weekday};
use super::tokens::Token;
use super::values::{Limits, Number, ONE};
use super::vocabulary::{TimeUnit, abbreviation, event_word, meal, meal_event, part_of_day, times_word, weekday};

const ONCE: Limits = (ONE, ONE);

const fn whole(number: i64) -> Number {
    Number(number * ONE.0)
}

impl Text<'_> {
    /// A frequency, a weekday, a time, an event of the day, a count, or a length of time.
    pub(super) fn timing(&self, at: usize) -> Read {
        self.count(at)
            .or_else(|| self.times_per(at))
            .or_else(|| self.length(at))
            .or_else(|| self.offset(at))
            .or_else(|| self.event(at))
            .or_else(|| self.days(at))
            .or_else(|| self.clock(at))
            .or_else(|| {
                self.per(at).map(|(end, period, unit)| (end, vec![Fact::Frequency { times: ONCE, period, unit }]))
            })
            .or_else(|| self.hourly(at))
            .or_else(|| self.abbreviated(at))
    }

    /// `single dose`, `3 doses`.
    fn count(&self, at: usize) -> Read {
        const SINGLE: [&str; 6] =
            ["as a single dose", "in a single dose", "a single dose", "single dose", "once only", "one time only"];
        if let Some(end) = self.any(at, &SINGLE) {
            return Some((end, vec![Fact::Count(ONCE)]));
        }
        let start = self.words(at, "for").unwrap_or(at);
        let (end, limits) = self.limits(start).filter(|_| !self.has_unit("dose"))?;
        let end = self.any(end, &["doses", "dose"])?;
        Some((end, vec![Fact::Count(limits)]))
    }

    /// `once`, `twice a day`, `3 times every 2 days`, `2x daily`.
    fn times_per(&self, at: usize) -> Read {
        let (end, times) = match times_word(self.word(at)) {
            Some(times) => (at + 1, (times, times)),
            None => {
                let (end, limits) = self.limits(at)?;
                (self.any(end, &["times", "time", "x"])?, limits)
            }
        };
        let fact = match self.per(end) {
            Some((end, period, unit)) => (end, Fact::Frequency { times, period, unit }),
            None => (end, Fact::Count(times)),
        };
        Some((fact.0, vec![fact.1]))
    }

    /// `daily`, `a day`, `every 4-6 hours`, `every other day`; not a bare "per day", which may be a total.
    fn per(&self, at: usize) -> Option<(usize, Limits, TimeUnit)> {
        let start = if self.is_sign(at, &['-']) && TimeUnit::adverb(self.word(at + 1)).is_some() { at + 1 } else { at };
        if let Some((unit, count)) = TimeUnit::adverb(self.word(start)) {
            return Some((start + 1, (count, count), unit));
        }
        const OTHER: [&str; 5] =
            ["every other day", "every second day", "on alternate days", "alternate days", "each alternate day"];
        if let Some(end) = self.any(start, &OTHER) {
            return Some((end, (whole(2), whole(2)), TimeUnit::Day));
        }
        if let Some(end) = self.words(start, "every third day") {
            return Some((end, (whole(3), whole(3)), TimeUnit::Day));
        }
        let is_every = matches!(self.word(start), "every" | "each" | "q");
        let follows_times = start > 0 && matches!(self.word(start), "a" | "an" | "per" | "in");
        let is_stroke = start > 0 && self.is_sign(start, &['/']);
        if !is_every && !((follows_times || is_stroke) && self.says_times(start)) {
            return None;
        }
        let (end, limits) = self.limits(start + 1).unwrap_or((start + 1, ONCE));
        // "10 mg in 2 hours" is no frequency.
        let unit = TimeUnit::word(self.word(end))?;
        Some((end + 1, limits, unit))
    }

    /// Whether the word before says a number of times.
    fn says_times(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|i| self.word(i)).unwrap_or_default();
        times_word(before).is_some() || matches!(before, "times" | "time" | "x")
    }

    /// `6 hourly`, `4-6-hourly`.
    fn hourly(&self, at: usize) -> Read {
        let (end, period) = self.limits(at)?;
        let end = if self.is_sign(end, &['-']) { end + 1 } else { end };
        let unit = match self.word(end) {
            "hourly" => TimeUnit::Hour,
            "weekly" => TimeUnit::Week,
            "monthly" => TimeUnit::Month,
            _ => return None,
        };
        Some((end + 1, vec![Fact::Frequency { times: ONCE, period, unit }]))
    }

    /// `bid`, `q6h`, `q4-6h`.
    fn abbreviated(&self, at: usize) -> Read {
        let word = self.word(at);
        if let Some((times, period, unit)) = abbreviation(word) {
            let (times, period) = (whole(times), whole(period));
            return Some((at + 1, vec![Fact::Frequency { times: (times, times), period: (period, period), unit }]));
        }
        let rest = word.strip_prefix('q')?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let low = Number::read(&digits)?;
        let unit = rest.strip_prefix(digits.as_str())?;
        let (end, high, unit) = if unit.is_empty() && self.is_sign(at + 1, &['-', '–']) {
            let (end, high) = self.number(at + 2)?;
            (end + 1, high, TimeUnit::word(self.word(end))?)
        } else {
            (at + 1, low, TimeUnit::word(unit)?)
        };
        Some((end, vec![Fact::Frequency { times: ONCE, period: (low, high), unit }]))
    }

    /// `for 7 days`, `x 7 days`, `over 30 minutes`.
    fn length(&self, at: usize) -> Read {
        let is_course = match self.word(at) {
            "for" | "x" => true,
            "over" => false,
            _ => return None,
        };
        let (end, limits) = self.limits(at + 1)?;
        let unit = TimeUnit::word(self.word(end))?;
        Some((end + 1, vec![Fact::Length { limits, unit, is_course }]))
    }

    /// `10 minutes before breakfast`.
    fn offset(&self, at: usize) -> Read {
        let (end, number) = self.number(at)?;
        let minutes = match TimeUnit::word(self.word(end)).or_else(|| {
            // "half an hour"
            (self.word(end) == "an").then_some(TimeUnit::Hour)
        })? {
            TimeUnit::Minute => number,
            TimeUnit::Hour => Number(number.0.checked_mul(60)?),
            _ => return None,
        };
        let end = if self.word(end) == "an" { self.words(end, "an hour")? } else { end + 1 };
        let (end, mut facts) = self.event(end).filter(|_| matches!(self.word(end), "before" | "after"))?;
        facts.push(Fact::Offset(minutes));
        Some((end, facts))
    }

    /// `before breakfast`, `in the morning`, `every evening`, `at bedtime`, `hs`.
    fn event(&self, at: usize) -> Read {
        let one = |end: usize, event: DayEvent| Some((end, vec![Fact::Event(event)]));
        if let Some(event) = event_word(self.word(at)) {
            return one(at + 1, event);
        }
        if let Some(end) = self.any(at, &["on waking", "upon waking", "on awakening", "after waking", "when waking up"])
        {
            return one(end, DayEvent::Waking);
        }
        if let Some(end) = self.any(at, &["before bed", "before bedtime", "before sleep", "before going to bed"]) {
            return one(end, DayEvent::Bedtime);
        }
        if let Some(end) = self.words(at, "after sleep") {
            return one(end, DayEvent::AfterSleep);
        }
        let relation = self.word(at);
        if matches!(relation, "before" | "with" | "after") {
            let start = self.any(at + 1, &["each", "every", "a", "the"]).unwrap_or(at + 1);
            let (end, meal) = match self.words(start, "evening meal") {
                Some(end) => (end, 3),
                None => (start + 1, meal(self.word(start))?),
            };
            return one(end, meal_event(relation, meal)?);
        }
        const LEADS: [&str; 10] = [
            "early in the",
            "late in the",
            "in the early",
            "in the late",
            "in the",
            "at",
            "every",
            "each",
            "early",
            "late",
        ];
        let start = self.any(at, &LEADS).unwrap_or(at);
        let parts = part_of_day(self.word(start))?;
        let lead = |word: &str| (at..start).any(|i| self.word(i) == word);
        let event = parts.get(if lead("early") { 1 } else { usize::from(lead("late")) * 2 });
        one(start + 1, event.copied().flatten()?)
    }

    /// `every Monday`, `on Mondays and Fridays`, `Mon-Fri`, `weekdays`.
    fn days(&self, at: usize) -> Read {
        let start = self.any(at, &["on every", "on each", "every", "each", "on"]).unwrap_or(at);
        let all = |days: &[Weekday]| days.iter().copied().map(Fact::Day).collect::<Vec<_>>();
        let codes: Vec<Weekday> = Weekday::ALL.iter().map(|(day, _)| *day).collect();
        match self.word(start) {
            "weekdays" => return Some((start + 1, all(codes.get(..5)?))),
            "weekends" => return Some((start + 1, all(codes.get(5..)?))),
            _ => {}
        }
        let first = weekday(self.word(start))?;
        if self.is_sign(start + 1, &['-', '–']) || matches!(self.word(start + 1), "to" | "through") {
            let last = weekday(self.word(start + 2))?;
            let range: Vec<Weekday> = codes.into_iter().filter(|d| *d >= first && *d <= last).collect();
            return (first < last).then(|| (start + 3, all(&range)));
        }
        Some((start + 1, all(&[first])))
    }

    /// `08:00`, `8 am`, `8:30pm`, `midnight`.
    fn clock(&self, at: usize) -> Read {
        if self.word(at) == "midnight" {
            return Some((at + 1, vec![Fact::Clock(0)]));
        }
        let Some(Token::Number(_, digits)) = self.token(at) else { return None };
        let hour: i64 = digits.parse().ok()?;
        let (end, minute) = match (self.is_sign(at + 1, &[':']), self.token(at + 2)) {
            (true, Some(Token::Number(_, minute))) if minute.len() == 2 => (at + 3, Some(minute.parse::<i64>().ok()?)),
            _ => (at + 1, None),
        };
        let (end, hour) = match self.word(end) {
            "am" if (1..=12).contains(&hour) => (end + 1, hour % 12),
            "pm" if (1..=12).contains(&hour) => (end + 1, hour % 12 + 12),
            _ if minute.is_some() => (end, hour),
            _ => return None,
        };
        let minute = minute.unwrap_or(0);
        (hour < 24 && minute < 60).then(|| (end, vec![Fact::Clock(hour * 60 + minute)]))
    }
}

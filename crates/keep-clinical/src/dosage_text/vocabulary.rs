//! The English words of instructions.

use super::structure::{DayEvent, Weekday};
use super::values::{Number, ONE};
use keep_domain::MONTHS;

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeUnit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl TimeUnit {
    /// A UCUM code or an English word.
    pub(super) fn read(word: &str) -> Option<Self> {
        Some(match word {
            "s" | "sec" | "secs" | "second" | "seconds" => Self::Second,
            "min" | "mins" | "minute" | "minutes" => Self::Minute,
            "h" | "hr" | "hrs" | "hour" | "hours" => Self::Hour,
            "d" | "day" | "days" => Self::Day,
            "wk" | "wks" | "week" | "weeks" => Self::Week,
            "mo" | "month" | "months" => Self::Month,
            "a" | "yr" | "yrs" | "year" | "years" => Self::Year,
            _ => return None,
        })
    }

    /// The same, of a word in a text, where "a" is an article.
    pub(super) fn word(word: &str) -> Option<Self> {
        Self::read(word).filter(|_| !matches!(word, "a" | "s" | "mo"))
    }

    /// `daily`, `weekly`, ...
    pub(super) fn adverb(word: &str) -> Option<(Self, Number)> {
        Some(match word {
            "hourly" => (Self::Hour, ONE),
            "daily" => (Self::Day, ONE),
            "weekly" => (Self::Week, ONE),
            "fortnightly" => (Self::Week, Number(2 * ONE.0)),
            "monthly" => (Self::Month, ONE),
            "yearly" | "annually" => (Self::Year, ONE),
            _ => return None,
        })
    }
}

/// A number in words.
pub(super) fn number_word(word: &str) -> Option<Number> {
    const WORDS: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let at = WORDS.iter().position(|w| *w == word)?;
    Some(Number(i64::try_from(at).ok()?.checked_add(1)?.checked_mul(ONE.0)?))
}

/// `once`, `twice`, `thrice`.
pub(super) fn times_word(word: &str) -> Option<Number> {
    Some(Number(
        ONE.0
            * match word {
                "once" => 1,
                "twice" => 2,
                "thrice" => 3,
                _ => return None,
            },
    ))
}

/// Times per period of an abbreviation: (times, period, unit).
pub(super) fn abbreviation(word: &str) -> Option<(i64, i64, TimeUnit)> {
    Some(match word {
        "qd" | "od" => (1, 1, TimeUnit::Day),
        "bid" | "bd" => (2, 1, TimeUnit::Day),
        "tid" | "tds" => (3, 1, TimeUnit::Day),
        "qid" | "qds" => (4, 1, TimeUnit::Day),
        "qod" => (1, 2, TimeUnit::Day),
        "qw" => (1, 1, TimeUnit::Week),
        "tiw" => (3, 1, TimeUnit::Week),
        _ => return None,
    })
}

/// A weekday by name or abbreviation.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "mon" | "monday" | "mondays" => Weekday::Monday,
        "tue" | "tues" | "tuesday" | "tuesdays" => Weekday::Tuesday,
        "wed" | "weds" | "wednesday" | "wednesdays" => Weekday::Wednesday,
        "thu" | "thur" | "thurs" | "thursday" | "thursdays" => Weekday::Thursday,
        "fri" | "friday" | "fridays" => Weekday::Friday,
        "sat" | "saturday" | "saturdays" => Weekday::Saturday,
        "sun" | "sunday" | "sundays" => Weekday::Sunday,
        _ => return None,
    })
}

/// The month of a name, from 1.
pub(super) fn month(word: &str) -> Option<i64> {
    let at = MONTHS.iter().position(|m| *m == word || (word.len() == 3 && m.starts_with(word)))?;
    i64::try_from(at).ok()?.checked_add(1)
}

/// Which meal: none in particular, breakfast, lunch, dinner.
pub(super) fn meal(word: &str) -> Option<usize> {
    Some(match word {
        "meal" | "meals" | "food" | "eating" => 0,
        "breakfast" => 1,
        "lunch" => 2,
        "dinner" | "supper" => 3,
        _ => return None,
    })
}

/// The event `before`, `with` or `after` a meal.
pub(super) fn meal_event(relation: &str, meal: usize) -> Option<DayEvent> {
    use DayEvent as E;
    let events = match relation {
        "before" => [E::BeforeMeal, E::BeforeBreakfast, E::BeforeLunch, E::BeforeDinner],
        "with" => [E::WithMeal, E::WithBreakfast, E::WithLunch, E::WithDinner],
        "after" => [E::AfterMeal, E::AfterBreakfast, E::AfterLunch, E::AfterDinner],
        _ => return None,
    };
    events.get(meal).copied()
}

/// A part of the day: plain, early, late.
pub(super) fn part_of_day(word: &str) -> Option<[Option<DayEvent>; 3]> {
    use DayEvent as E;
    Some(match word {
        "morning" | "mornings" => [Some(E::Morning), Some(E::EarlyMorning), Some(E::LateMorning)],
        "afternoon" | "afternoons" => [Some(E::Afternoon), Some(E::EarlyAfternoon), Some(E::LateAfternoon)],
        "evening" | "evenings" => [Some(E::Evening), Some(E::EarlyEvening), Some(E::LateEvening)],
        "night" | "nights" => [Some(E::Night), None, None],
        "noon" | "midday" => [Some(E::Noon), None, None],
        "bedtime" => [Some(E::Bedtime), None, None],
        _ => return None,
    })
}

/// An event in one word.
pub(super) fn event_word(word: &str) -> Option<DayEvent> {
    use DayEvent as E;
    Some(match word {
        "mane" | "qam" => E::Morning,
        "nocte" | "nightly" => E::Night,
        "hs" | "qhs" => E::Bedtime,
        "qpm" => E::Evening,
        "ac" => E::BeforeMeal,
        "pc" => E::AfterMeal,
        _ => return None,
    })
}

/// How a medicine enters the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RouteClass {
    Oral,
    Intravenous,
    Intramuscular,
    Subcutaneous,
    Sublingual,
    Buccal,
    Topical,
    Transdermal,
    Rectal,
    Vaginal,
    Inhaled,
    Nasal,
    Eye,
    Ear,
}

impl RouteClass {
    /// One word of a text.
    pub(super) fn word(word: &str) -> Option<Self> {
        Some(match word {
            "oral" | "orally" | "po" => Self::Oral,
            "iv" | "intravenous" | "intravenously" => Self::Intravenous,
            "im" | "intramuscular" | "intramuscularly" => Self::Intramuscular,
            "sc" | "subcut" | "subcutaneous" | "subcutaneously" | "sq" => Self::Subcutaneous,
            "sl" | "sublingual" | "sublingually" => Self::Sublingual,
            "buccal" | "buccally" => Self::Buccal,
            "topical" | "topically" | "cutaneous" => Self::Topical,
            "transdermal" | "transdermally" => Self::Transdermal,
            "pr" | "rectal" | "rectally" => Self::Rectal,
            "pv" | "vaginal" | "vaginally" => Self::Vaginal,
            "inhaled" | "inhalation" | "respiratory" => Self::Inhaled,
            "nasal" | "nasally" | "intranasal" | "intranasally" => Self::Nasal,
            "ophthalmic" | "ocular" => Self::Eye,
            "otic" | "auricular" => Self::Ear,
            _ => return None,
        })
    }

    /// The route of a recorded label, such as "Oral route (qualifier value)".
    pub(super) fn of_label(label: &str) -> Option<Self> {
        let lower = label.to_lowercase();
        if lower == "by mouth" || lower == "per os" {
            return Some(Self::Oral);
        }
        let mut found = lower.split(|c: char| !c.is_alphanumeric()).filter_map(Self::word);
        let first = found.next()?;
        found.all(|f| f == first).then_some(first)
    }

    /// The route that an imperative implies: `inject` fits four of them.
    pub(super) fn fits_verb(self, verb: &str) -> bool {
        use RouteClass as R;
        match verb {
            "swallow" | "drink" => self == R::Oral,
            "inject" => matches!(self, R::Intravenous | R::Intramuscular | R::Subcutaneous),
            "infuse" => self == R::Intravenous,
            "apply" => matches!(self, R::Topical | R::Transdermal),
            "inhale" => self == R::Inhaled,
            "insert" => matches!(self, R::Rectal | R::Vaginal),
            "instil" | "instill" => matches!(self, R::Eye | R::Ear | R::Nasal),
            _ => false,
        }
    }
}

/// Words that say nothing of their own.
pub(super) fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "take"
            | "takes"
            | "taken"
            | "give"
            | "given"
            | "use"
            | "used"
            | "administer"
            | "administered"
            | "the"
            | "a"
            | "an"
            | "on"
            | "at"
            | "in"
            | "and"
            | "of"
            | "by"
            | "via"
            | "to"
            | "be"
            | "dose"
            | "please"
    )
}

/// A unit in one form: synonyms and plurals together, `mg/kg/d` for `MG/kg/day`.
pub(super) fn unit_of(unit: &str) -> String {
    let lower = unit.trim().to_lowercase();
    lower.split('/').map(unit_part).collect::<Vec<_>>().join("/")
}

fn unit_part(part: &str) -> String {
    let bare = part.trim_matches(|c| matches!(c, '{' | '}' | '[' | ']' | '(' | ')' | '.' | ' '));
    let known = match bare {
        "mg" | "mgs" | "milligram" | "milligrams" | "milligramme" | "milligrammes" => "mg",
        "mcg" | "ug" | "µg" | "μg" | "microgram" | "micrograms" => "mcg",
        "g" | "gm" | "gms" | "gram" | "grams" => "g",
        "ml" | "mls" | "cc" | "milliliter" | "milliliters" | "millilitre" | "millilitres" => "ml",
        "l" | "liter" | "liters" | "litre" | "litres" => "l",
        "u" | "iu" | "unit" | "units" | "unt" | "international unit" | "international units" => "unit",
        "tab" | "tabs" | "tbl" | "tablet" | "tablets" => "tablet",
        "cap" | "caps" | "capsule" | "capsules" => "capsule",
        "gtt" | "gtts" | "drp" | "drop" | "drops" | "opdrop" => "drop",
        "tsp" | "teaspoon" | "teaspoons" | "teaspoonful" => "teaspoon",
        "tbsp" | "tablespoon" | "tablespoons" | "tablespoonful" => "tablespoon",
        "patches" => "patch",
        "suppositories" => "suppository",
        "lozenges" => "lozenge",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "min" | "mins" | "minute" | "minutes" => "min",
        "d" | "day" | "days" => "d",
        "wk" | "week" | "weeks" => "wk",
        other => return plain(other),
    };
    known.to_owned()
}

fn plain(word: &str) -> String {
    let singular = word.strip_suffix('s').filter(|s| s.chars().count() > 3 && !s.ends_with('s'));
    singular.unwrap_or(word).to_owned()
}

//! What the elements of a dosage other than its text say.

/// A day of the week (R4 `days-of-week`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    /// `mon`
    Monday,
    /// `tue`
    Tuesday,
    /// `wed`
    Wednesday,
    /// `thu`
    Thursday,
    /// `fri`
    Friday,
    /// `sat`
    Saturday,
    /// `sun`
    Sunday,
}

impl Weekday {
    /// The days with their codes, Monday first.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Monday, "mon"),
        (Self::Tuesday, "tue"),
        (Self::Wednesday, "wed"),
        (Self::Thursday, "thu"),
        (Self::Friday, "fri"),
        (Self::Saturday, "sat"),
        (Self::Sunday, "sun"),
    ];

    /// The day of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, c)| *c == code).map(|(day, _)| day)
    }
}

macro_rules! day_events {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)*) => {
        /// An event of the day that a dose is tied to (R4 `event-timing`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum DayEvent { $($(#[$doc])* $variant,)* }

        impl DayEvent {
            /// The events with their codes.
            pub const ALL: [(Self, &'static str); [$($code),*].len()] = [$((Self::$variant, $code)),*];

            /// The event of a code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|(_, c)| *c == code).map(|(event, _)| event)
            }
        }
    };
}

day_events! {
    /// In the morning.
    Morning = "MORN",
    /// Early in the morning.
    EarlyMorning = "MORN.early",
    /// Late in the morning.
    LateMorning = "MORN.late",
    /// At noon.
    Noon = "NOON",
    /// In the afternoon.
    Afternoon = "AFT",
    /// Early in the afternoon.
    EarlyAfternoon = "AFT.early",
    /// Late in the afternoon.
    LateAfternoon = "AFT.late",
    /// In the evening.
    Evening = "EVE",
    /// Early in the evening.
    EarlyEvening = "EVE.early",
    /// Late in the evening.
    LateEvening = "EVE.late",
    /// At night.
    Night = "NIGHT",
    /// After sleep.
    AfterSleep = "PHS",
    /// At bedtime.
    Bedtime = "HS",
    /// On waking.
    Waking = "WAKE",
    /// With a meal.
    WithMeal = "C",
    /// With breakfast.
    WithBreakfast = "CM",
    /// With lunch.
    WithLunch = "CD",
    /// With dinner.
    WithDinner = "CV",
    /// Before a meal.
    BeforeMeal = "AC",
    /// Before breakfast.
    BeforeBreakfast = "ACM",
    /// Before lunch.
    BeforeLunch = "ACD",
    /// Before dinner.
    BeforeDinner = "ACV",
    /// After a meal.
    AfterMeal = "PC",
    /// After breakfast.
    AfterBreakfast = "PCM",
    /// After lunch.
    AfterLunch = "PCD",
    /// After dinner.
    AfterDinner = "PCV",
}

/// A number, or a range of numbers, with its unit; digits as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StructuredSpan {
    /// The number, or the lower limit.
    pub low: Option<String>,
    /// The upper limit.
    pub high: Option<String>,
    /// The unit; empty where there is none.
    pub unit: String,
}

/// An amount of a medicine, or an amount per another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StructuredAmount {
    /// The amount.
    pub amount: StructuredSpan,
    /// Number and unit of what it is per.
    pub per: Option<(String, String)>,
}

/// Limits of a course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StructuredBounds {
    /// How long.
    Length(StructuredSpan),
    /// From and to, ISO dates.
    Dates(Option<String>, Option<String>),
}

/// When a dose is due.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StructuredTiming {
    /// Times per period.
    pub frequency: StructuredSpan,
    /// The period with its UCUM unit.
    pub period: StructuredSpan,
    /// Number of doses in all.
    pub count: StructuredSpan,
    /// Length of one dose.
    pub duration: StructuredSpan,
    /// Weekdays.
    pub days: Vec<Weekday>,
    /// Times of day, `08:00:00`.
    pub times: Vec<String>,
    /// Events of the day.
    pub events: Vec<DayEvent>,
    /// Minutes from the event.
    pub offset: Option<String>,
    /// Limits of the course.
    pub bounds: Option<StructuredBounds>,
}

/// What a maximum is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MaximumPer {
    /// Number and unit of a period.
    Period(String, String),
    /// One administration.
    Administration,
    /// A lifetime.
    Lifetime,
}

/// The most that may be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maximum {
    /// The amount.
    pub amount: StructuredSpan,
    /// In what.
    pub per: MaximumPer,
}

/// What the elements of a dosage other than its text say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StructuredDosage {
    /// Doses and rates.
    pub amounts: Vec<StructuredAmount>,
    /// When.
    pub timing: StructuredTiming,
    /// Taken as needed.
    pub as_needed: bool,
    /// Upper limits.
    pub maxima: Vec<Maximum>,
    /// The route in words.
    pub route: Option<String>,
    /// What is shown in its own words: site, method, reason, instructions.
    pub phrases: Vec<String>,
}

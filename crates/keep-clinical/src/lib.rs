#![doc = include_str!("../README.md")]

mod age;
mod bmi;
mod capitals;
mod child_range;
mod date_text;
mod dosage_text;
mod flag;
mod medicine_name;
mod news2;
mod plausibility;
mod pregnancy;
mod quantity;
mod tall_man;
mod trend;
mod unit;
mod vital_sign;
mod zone;

pub use age::{Age, age_at, age_text};
pub use bmi::{Bmi, bmi};
pub use capitals::family_capitals;
pub use child_range::{CHILD_RANGE_SOURCE, child_range};
pub use date_text::date_text;
pub use dosage_text::{
    DayEvent, Maximum, MaximumPer, StructuredAmount, StructuredBounds, StructuredDosage, StructuredSpan,
    StructuredTiming, Weekday, structure_says_all,
};
pub use flag::{AbnormalFlag, flag_by_range};
pub use medicine_name::medicine_name;
pub use news2::{News2, News2Input, News2Response, News2Risk, news2, news2_response};
pub use plausibility::{Plausibility, check_pressure, check_vital};
pub use pregnancy::{DELIVERY_DATE, PREGNANCY_STATUS, says_pregnant};
pub use quantity::{Grouping, Rounding, measured_text, number_text, rounded_text, safe_unit};
pub use trend::{Point, trend_points};
pub use unit::RecordedUnit;
pub use vital_sign::{adult_range, display_decimals};
pub use zone::Zone;

//! A recorded value in parts. The page joins them and owns every word but those that are recorded.

use serde::Serialize;
use ts_rs::TS;

/// A number with its unit (R4 Quantity).
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuantityDto {
    /// `<`, `<=`, `>=` or `>`; `None` for an exact value.
    pub comparator: Option<String>,
    /// The number as it is shown; `None` where it could not be read.
    pub number: Option<String>,
    /// The unit in its safe spelling.
    pub unit: Option<String>,
    /// Number and unit as recorded, where they differ from what is shown: rounded or converted.
    pub recorded: Option<String>,
}

/// A value in one of the forms that R4 allows.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ValueDto {
    /// A number with its unit.
    Quantity {
        /// The quantity.
        quantity: QuantityDto,
    },
    /// From one quantity to another; at most one limit is missing.
    Range {
        /// The lower limit.
        low: Option<QuantityDto>,
        /// The upper limit.
        high: Option<QuantityDto>,
    },
    /// One quantity per another, for example a titre or a rate.
    Ratio {
        /// The numerator.
        numerator: Option<QuantityDto>,
        /// The denominator.
        denominator: Option<QuantityDto>,
    },
    /// Recorded text or the text of a code.
    Text {
        /// The text as recorded.
        text: String,
    },
    /// Yes or no.
    Boolean {
        /// Yes.
        value: bool,
    },
    /// A date or a time, RFC 3339 or partial.
    Date {
        /// The date.
        at: String,
    },
    /// A period; one end may be open.
    Period {
        /// Its start, RFC 3339 or partial.
        start: Option<String>,
        /// Its end, RFC 3339 or partial.
        end: Option<String>,
    },
    /// A series of samples (R4 SampledData), as recorded.
    Samples {
        /// The value that zero stands for.
        origin: Option<QuantityDto>,
        /// Milliseconds between samples, as recorded.
        interval: Option<String>,
        /// The factor of each sample, as recorded.
        factor: Option<String>,
        /// The lowest value that could be detected, as recorded.
        lower_limit: Option<String>,
        /// The highest value that could be detected, as recorded.
        upper_limit: Option<String>,
        /// The samples as recorded.
        data: Option<String>,
    },
    /// A file that is not shown here.
    File {
        /// Its title.
        title: Option<String>,
        /// Its MIME type.
        content_type: Option<String>,
    },
    /// Not measured.
    Absent {
        /// The recorded reason.
        reason: Option<String>,
    },
    /// Present, but it could not be read.
    Unreadable {
        /// The recorded characters, where there are any.
        text: Option<String>,
    },
}

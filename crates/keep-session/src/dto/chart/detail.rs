//! Every element of a record as a labelled tree, for the page that shows a record in full.

use super::value::ValueDto;
use serde::Serialize;
use ts_rs::TS;

/// One element of a record.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct DetailDto {
    /// The name in R4 without the type of a choice: `value`, `onset`, `bodySite`.
    pub element: String,
    /// The R4 type, such as `HumanName`; `None` where R4 does not have this element.
    pub data_type: Option<String>,
    /// Its value; `None` where it consists of its parts.
    pub value: Option<DetailValueDto>,
    /// Elements of this element.
    pub parts: Vec<Self>,
    /// Whether it goes on from the part before.
    pub continued: bool,
}

/// The value of one element.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DetailValueDto {
    /// A value in one of the forms that results have, too.
    Value {
        /// The value.
        value: ValueDto,
    },
    /// Text in markdown, as recorded.
    Markdown {
        /// The text.
        text: String,
    },
    /// A code of an R4 list, as recorded.
    Code {
        /// The code.
        code: String,
    },
    /// Coded text with all its codes.
    Concept {
        /// The recorded text.
        text: Option<String>,
        /// The codes.
        codes: Vec<CodeDto>,
    },
    /// A link to another record.
    Reference {
        /// The recorded words, or else the name of the target.
        name: Option<String>,
        /// The reference as recorded.
        reference: Option<String>,
    },
    /// Bytes that are not shown here.
    Bytes {
        /// Their number.
        count: u32,
    },
}

/// One code of a concept, as recorded.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct CodeDto {
    /// The code system's URI.
    pub system: Option<String>,
    /// The code.
    pub code: Option<String>,
    /// The display.
    pub display: Option<String>,
}

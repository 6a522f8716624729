//! The size of text.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `text_size`, `set_text_size`: the size of text.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct TextSizeDto {
    /// The size in use, percent.
    pub percent: u16,
    /// The sizes that can be chosen, ascending.
    pub sizes: Vec<u16>,
}

/// `set_text_size`: the size to use.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetTextSizeDto {
    /// Percent; the nearest size that can be chosen is used.
    pub percent: u16,
}

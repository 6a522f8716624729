//! The content of an alert's marker.

use crate::journal::{Journal, JournalKind};
use serde::{Deserialize, Serialize};

/// When a Flag is in force, as recorded: dates or times. Markers of older builds have none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertPeriod {
    /// Not before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// Not after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
}

impl Journal for AlertPeriod {
    const KIND: JournalKind = JournalKind::Alert;
}

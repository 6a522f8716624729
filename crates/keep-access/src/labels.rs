//! Sensitivity labels.

use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The codes of `meta.security`, sorted and deduplicated, and whether any of them is sensitive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Labels {
    codes: Vec<String>,
    sensitive: bool,
}

impl Labels {
    /// No labels.
    pub const NONE: Self = Self { codes: Vec::new(), sensitive: false };

    /// The labels with these codes.
    #[must_use]
    pub fn of<S: AsRef<str>>(codes: impl IntoIterator<Item = S>) -> Self {
        let codes: BTreeSet<String> = codes.into_iter().map(|c| c.as_ref().to_owned()).collect();
        let sensitive = codes.iter().any(|c| SENSITIVE.contains(c));
        Self { codes: codes.into_iter().collect(), sensitive }
    }

    /// The codes, sorted.
    #[must_use]
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// Whether one of them moves a record to the restricted segment.
    #[must_use]
    pub const fn is_sensitive(&self) -> bool {
        self.sensitive
    }
}

/// The sensitive labels, from the routing table so that routing and policies always agree.
static SENSITIVE: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Table {
        sensitive_labels: Vec<Label>,
    }
    #[derive(Deserialize)]
    struct Label {
        code: String,
    }
    // The test below fails when the asset cannot be read.
    let table: Option<Table> = serde_json::from_str(include_str!("../../../assets/routing/segments.json")).ok();
    table.map(|t| t.sensitive_labels.into_iter().map(|l| l.code).collect()).unwrap_or_default()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_follow_the_routing_table() {
        assert!(Labels::of(["HIV"]).is_sensitive() && Labels::of(["N", "R"]).is_sensitive());
        assert!(!Labels::of(["N", "M"]).is_sensitive() && SENSITIVE.len() >= 20);
        assert_eq!(Labels::of(["b", "a", "b"]).codes(), ["a", "b"]);
    }
}

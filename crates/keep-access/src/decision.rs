//! Decisions of the policies.

/// The decision on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Allowed in full.
    Allow,
    /// Visible without the parts that the role may not see: names for the privacy officer, narrative for billing,
    /// details of labelled records and the text of alerts for the front desk.
    Masked,
    /// Denied.
    Deny,
}

impl Decision {
    /// Whether the action is allowed in full.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allow)
    }

    /// Whether anything of the record may be shown.
    #[must_use]
    pub const fn is_visible(self) -> bool {
        !matches!(self, Self::Deny)
    }
}

//! The user behind an event.

use keep_domain::{Role, UserId};

/// The user who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The id of the clinician.
    pub user: UserId,
    /// The role in which they acted.
    pub role: Role,
    /// The clinician's name, from the identity provider.
    pub display: Option<String>,
}

impl Actor {
    /// An actor without a name.
    #[must_use]
    pub const fn new(user: UserId, role: Role) -> Self {
        Self { user, role, display: None }
    }
}

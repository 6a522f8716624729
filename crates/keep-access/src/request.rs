//! Requests to the policies.

use crate::{Action, PolicyResource};
use keep_domain::Role;

/// The context of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Situation {
    /// The user is assigned the restricted segment.
    pub assigned_restricted: bool,
    /// Break-glass access is active.
    pub break_glass: bool,
}

/// A request for a policy decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// The role of the requesting user.
    pub role: Role,
    /// The requested action.
    pub action: Action,
    /// The record; `None` for an action on the program itself.
    pub record: Option<&'a PolicyResource>,
    /// The context.
    pub situation: Situation,
}

impl<'a> Request<'a> {
    /// A request about a record, in the default situation.
    #[must_use]
    pub fn about(role: Role, action: Action, record: &'a PolicyResource) -> Self {
        Self { role, action, record: Some(record), situation: Situation::default() }
    }

    /// A request about the program, in the default situation.
    #[must_use]
    pub fn system_action(role: Role, action: Action) -> Self {
        Self { role, action, record: None, situation: Situation::default() }
    }

    /// The same request in another situation.
    #[must_use]
    pub const fn when(self, situation: Situation) -> Self {
        Self { situation, ..self }
    }
}
